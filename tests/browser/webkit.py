"""WebKit, the engine of Safari, on a virtual screen: Playwright cannot control Debian's."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.support import programs
from tests.support.services import free_port
from tests.support.waiting import wait_until

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the name that WebDriver gives to references
STOP_SECONDS = 15
SHIFT, ENTER = "\ue008", "\ue007"  # a second SHIFT releases it


@contextmanager
def running(command: list[str], **options) -> Iterator[subprocess.Popen]:
    """Run a program, without its stderr, until the end of `with`."""
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, **options) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def screen() -> Iterator[str]:
    """Run a screen in memory; yield the name of its display once it is ready."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    with running(command, stdout=subprocess.PIPE, text=True) as process:
        yield f":{process.stdout.readline().strip()}"


class WebKit:
    """One window of WebKit, open inside `with`, by the few commands of WebDriver that it needs."""

    def __enter__(self):
        with ExitStack() as stack:
            display = stack.enter_context(screen())
            port = free_port()
            self._address = f"http://127.0.0.1:{port}"
            command = [str(programs.webkit_path()), f"--port={port}"]
            environment = os.environ | {"DISPLAY": display, "GDK_BACKEND": "x11"}
            stack.enter_context(running(command, env=environment, stdout=subprocess.DEVNULL))
            wait_until(self._is_ready, "the start of WebKit's driver")
            options = {"binary": str(programs.minibrowser_path()), "args": ["--automation"]}
            wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
            self._address += "/session/" + self._ask("/session", wanted)["sessionId"]
            stack.callback(self._ask, "", method="DELETE")
            self._ends = stack.pop_all()
        return self

    def __exit__(self, *exception):
        self._ends.close()

    def open(self, url: str) -> None:
        self._ask("/url", {"url": url})

    def back(self) -> None:
        self._ask("/back", {})

    def forward(self) -> None:
        self._ask("/forward", {})

    def value(self, expression: str):
        """Return the value of a JavaScript expression in the page."""
        return self._ask("/execute/sync", {"script": f"return {expression}", "args": []})

    def settled(self, body: str):
        """Run JavaScript that calls `done` with a value; return that value."""
        script = f"const done = arguments[0]; {body}"
        return self._ask("/execute/async", {"script": script, "args": []})

    def becomes(self, expression: str) -> None:
        """Wait until a JavaScript expression is true."""
        wait_until(lambda: self.value(expression), expression)

    def click(self, selector: str) -> None:
        self._ask(f"{self._find(selector)}/click", {})

    def type(self, selector: str, text: str) -> None:
        self._ask(f"{self._find(selector)}/value", {"text": text})

    def _find(self, selector: str) -> str:
        found = self._ask("/element", {"using": "css selector", "value": selector})
        return f"/element/{found[ELEMENT]}"

    def _is_ready(self) -> bool:
        with suppress(OSError):
            return self._ask("/status", method="GET")["ready"]
        return False

    def _ask(self, path: str, body: dict | None = None, method: str = "POST"):
        data = None if body is None else json.dumps(body).encode()
        request = Request(self._address + path, data, method=method)
        try:
            with urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except HTTPError as error:
            raise AssertionError(error.read().decode()) from error
