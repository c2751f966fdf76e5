"""A TCP relay to a server that can be cut and restored."""

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit


class Relay:
    """Relays bytes between its own address and a server's, until it is cut.

    While it is cut, connections are closed at once. With `lasts`, each connection ends by itself
    after so many seconds.
    """

    def __init__(self, url: str, lasts: float | None = None):
        self._lasts = lasts
        self._server = (urlsplit(url).hostname, urlsplit(url).port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._connections: list[socket.socket] = []
        self._lock = threading.Lock()
        self._up = True
        self.sent_away = 0

    def __enter__(self):
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *exception):
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Close every connection, and refuse others."""
        with self._lock:
            self._up = False
            connections, self._connections = self._connections, []
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def mend(self, url: str | None = None) -> None:
        """Accept connections again; perhaps for another server."""
        if url:
            self._server = (urlsplit(url).hostname, urlsplit(url).port)
        with self._lock:
            self._up = True

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        with self._lock:
            try:
                if not self._up:
                    raise ConnectionRefusedError
                server = socket.create_connection(self._server, timeout=5)
            except OSError:
                self.sent_away += 1
                client.close()
                return
            server.settimeout(None)
            self._connections += [client, server]
        for ends in ((client, server), (server, client)):
            threading.Thread(target=self._pass_on, args=ends, daemon=True).start()
        if self._lasts is not None:
            timer = threading.Timer(self._lasts, self._end, (client, server))
            timer.daemon = True
            timer.start()

    @staticmethod
    def _pass_on(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        Relay._end(source, target)

    @staticmethod
    def _end(*ends: socket.socket) -> None:
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
