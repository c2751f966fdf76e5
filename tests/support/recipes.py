"""The examples in the documents, run as they stand."""

import re
import subprocess
from pathlib import Path

from tests.support.servers import ROOT
from tests.support.waiting import wait_until

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def recipes(document: str) -> dict[str, list[str]]:
    """Return the blocks of code under each heading of a document in `docs/`."""
    text = (ROOT / "docs" / document).read_text()
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    found = {section.partition("\n")[0]: BLOCK.findall(section) for section in sections}
    return {title: [code for _, code in blocks] for title, blocks in found.items() if blocks}


class Program:
    """A running recipe, and all that it has printed."""

    def __init__(self, command: list[str], environment: dict[str, str], output: Path):
        self.output = output
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
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
        """Wait until it has printed a text; fail when it has ended without."""

        def met() -> bool:
            ended = self.process.poll() is not None
            assert text in self.printed or not ended, self.printed
            return text in self.printed

        wait_until(met, f"“{text}” in\n{self.printed}", 15)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()
