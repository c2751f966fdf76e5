"""uvicorn's HTTP protocol, which tells the application at once when the process has to stop.

uvicorn waits for the answers that are under way. A stream of events is one that never ends by
itself: it would hold up every restart until uvicorn's patience is over.
"""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class HttpProtocol(HttpToolsProtocol):
    """One connection; `stopping`, in the application's lifespan state, ends what does not end."""

    def shutdown(self):
        super().shutdown()
        if stopping := self.app_state.get("stopping"):
            stopping()
