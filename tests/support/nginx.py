"""An nginx in front of a server, in its default configuration."""

import re
import signal
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from tests.support.servers import ROOT
from tests.support.services import Service
from tests.support.waiting import wait_until

# What every configuration needs to run as a test's own process.
FRAME = """
daemon off;
pid {folder}/pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {shared}
    server {{
        listen 127.0.0.1:{port};
        location = /generation {{
            return 200 {generation};
        }}
        {locations}
    }}
}}
"""

# No settings for buffering, HTTP/1.1 or timeouts: a proxy whose operator does not know the chat.
PLAIN = """
location / {{
    proxy_pass {upstream};
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $remote_addr;
    {more}
}}
"""

# For a location: each response is buffered to its end, whatever the site asks for.
GATHERS = (
    "proxy_buffering on; proxy_ignore_headers X-Accel-Buffering;"
    "gzip on; gzip_types *; gzip_proxied any;"
)
# Another location: it passes WebSockets.
UPGRADES = """
location /ws/ {{
    proxy_pass {upstream};
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection upgrade;
}}
"""


class Nginx(Service):
    """A proxy for the URL `upstream`; `more` goes into its location, `locations` beside it."""

    def __init__(self, program: Path, upstream: str, more: str = "", locations: str = ""):
        super().__init__()
        self.program = program
        self.upstream = upstream
        self.url = f"http://127.0.0.1:{self.port}"
        self._generation = 0
        # nginx opens its default log before it has read its configuration.
        (self.folder / "logs").mkdir()
        self._configure(more, locations)

    def _configure(self, more: str, locations: str) -> None:
        self._write_configuration(PLAIN.format(upstream=self.upstream, more=more) + locations)

    def _write_configuration(self, locations: str, shared: str = "") -> None:
        self._generation += 1
        text = FRAME.format(
            folder=self.folder,
            port=self.port,
            generation=self._generation,
            locations=locations,
            shared=shared,
        )
        (self.folder / "nginx.conf").write_text(text)

    def let_upgrades_through(self) -> None:
        """Proxy WebSockets too from now on, as after `nginx -s reload`; open requests go on."""
        self._configure("", UPGRADES.format(upstream=self.upstream))
        self.process.send_signal(signal.SIGHUP)
        wait_until(self._is_current, "nginx's reading of its new configuration")

    def _is_current(self) -> bool:
        with urlopen(f"{self.url}/generation", timeout=5) as response:
            return int(response.read()) == self._generation

    def command(self) -> list[str]:
        return [str(self.program), "-p", str(self.folder), "-c", "nginx.conf", "-e", "stderr"]

    def answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/healthz", timeout=5) as response:
                return response.status == 200
        except (HTTPError, URLError, OSError):
            return False


class GuidesNginx(Nginx):
    """The proxy of docs/deployment.md for two servers, with `settings` for each of them."""

    def __init__(self, program: Path, ports: list[int], settings: str | None = None):
        self._ports, self._settings = ports, settings
        super().__init__(program, "")

    def _configure(self, more: str, locations: str) -> None:
        guide = (ROOT / "docs" / "deployment.md").read_text()
        (connection,) = re.findall(r"^    map .*$", guide, re.MULTILINE)
        upstreams = re.findall(r"^    upstream .*?^    }$", guide, re.MULTILINE | re.DOTALL)
        everything, polls = re.findall(
            r"^        location /(?:socket.io/)? {.*?^        }$", guide, re.MULTILINE | re.DOTALL
        )
        (passing,) = re.findall(r"^        proxy_pass .*$", guide, re.MULTILINE)
        shared = "\n".join([connection, *upstreams])
        for port, own in zip((8000, 8001), self._ports, strict=True):
            shared = shared.replace(f":{port}", f":{own}")
        if self._settings is not None:
            shared = shared.replace(" max_fails=0", self._settings)
        everything = re.sub(r"proxy_pass .*", passing.strip(), everything)
        self._write_configuration(f"{everything}\n{polls}", shared)
