"""Run the examples in the documents, unchanged."""

import re
import subprocess
from pathlib import Path
from urllib.request import urlopen

from tests.support.servers import ROOT, Server
from tests.support.waiting import wait_until

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def recipes(document: str, *languages: str) -> dict[str, list[str]]:
    """Return the code blocks by heading of a document in `docs/`, in some languages or all."""
    text = (ROOT / "docs" / document).read_text()
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    found = {
        section.partition("\n")[0]: [
            code
            for language, code in BLOCK.findall(section)
            if not languages or language in languages
        ]
        for section in sections
    }
    return {title: blocks for title, blocks in found.items() if blocks}


class Program:
    """A running recipe, and all that it has printed."""

    def __init__(
        self, command: list[str], environment: dict[str, str], output: Path, folder: Path = ROOT
    ):
        self.output = output
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=file,
            )

    @property
    def printed(self) -> str:
        return self.output.read_text(errors="replace")

    def types(self, line: str) -> None:
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def prints(self, text: str) -> None:
        """Wait until it has printed a text; fail when it has ended without it."""

        def met() -> bool:
            ended = self.process.poll() is not None
            assert text in self.printed or not ended, self.printed
            return text in self.printed

        wait_until(met, f"“{text}” in\n{self.printed}", 15)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


class Bench:
    """Runs examples in JavaScript, with the library as a site serves it."""

    ADDRESS = "http://localhost:8000"
    # The first lines of an example that is no complete program.
    BEGINNING = f"""\
import {{ connect }} from "./client.mjs";
const chat = connect("{ADDRESS}", {{ name: "Ana", room: "lobby" }});
"""

    def __init__(self, site: Server, node: Path, folder: Path):
        self.folder = folder
        self._site = site
        self._node = node
        self._running: list[Program] = []
        with urlopen(f"{site.url}/client.js") as library:
            (folder / "client.mjs").write_bytes(library.read())

    def run(self, code: str) -> Program:
        """Start an example, unchanged except for the address of the site."""
        whole = code if code.startswith("import ") else self.BEGINNING + code
        script = self.folder / f"example-{len(self._running)}.mjs"
        script.write_text(whole.replace(self.ADDRESS, self._site.url))
        command, output = [str(self._node), str(script)], script.with_suffix(".out")
        self._running.append(Program(command, {}, output, self.folder))
        return self._running[-1]

    def clear(self) -> None:
        for program in self._running:
            program.kill()
