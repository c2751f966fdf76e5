"""An nginx in front of a server, with all that it does unless told otherwise."""

from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from tests.support.services import Service

# No word of buffering, HTTP/1.1 or times: what a proxy does whose operator knows nothing of us.
CONFIGURATION = """
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
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass {upstream};
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $remote_addr;
            {more}
        }}
    }}
}}
"""


class Nginx(Service):
    """A proxy for `upstream`, a URL; `more` is put into its location."""

    def __init__(self, program: Path, upstream: str, more: str = ""):
        super().__init__()
        self.program = program
        self.url = f"http://127.0.0.1:{self.port}"
        # nginx opens its own default log before it has read a word.
        (self.folder / "logs").mkdir()
        text = CONFIGURATION.format(
            folder=self.folder, port=self.port, upstream=upstream, more=more
        )
        (self.folder / "nginx.conf").write_text(text)

    def command(self) -> list[str]:
        return [str(self.program), "-p", str(self.folder), "-c", "nginx.conf", "-e", "stderr"]

    def answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/healthz", timeout=5) as response:
                return response.status == 200
        except (HTTPError, URLError, OSError):
            return False
