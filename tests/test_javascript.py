import subprocess

from tests.support.servers import ROOT

TESTS = "tests/js/**/*.test.js"


def test_the_client_library_and_the_page_logic(needs):
    """The tests of the JavaScript modules, in node; their own report is shown when one fails."""
    done = subprocess.run(
        [needs("Node"), "--test", "--test-reporter=spec", TESTS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "tests 0" not in done.stdout
    assert done.returncode == 0, done.stdout + done.stderr
