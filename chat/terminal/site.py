"""What the terminal asks of a site over HTTP: to sign in, and for a room with somebody alone."""

import asyncio
import json
from http.client import HTTPException, IncompleteRead
from http.cookiejar import CookieJar
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

from chat.terminal.failures import TOO_MANY, NotAChat, failure, failure_by_status

TIMEOUT = 10.0
CSRF, SESSION = "csrftoken", "sessionid"
NOBODY = "No other member of that name is found. Check the spelling, or sign in if you are a guest."
WRONG = "That is not the name and password of an account here. Check both."


class SiteRefusal(Exception):
    """A request was refused or failed; the sentence says why."""


async def unknown_site(name: str) -> str:
    """Refuse to open a room with somebody: there is no site to ask. Raises SiteRefusal."""
    raise SiteRefusal("This works with a site alone. Connect to one first.")


class Site:
    """A site at an address for people; what it says in cookies is kept for later requests."""

    def __init__(self, address: str, *, proxies: bool):
        self.address = address
        parts = urlsplit(address)
        self.origin = f"{parts.scheme.replace('ws', 'http')}://{parts.netloc}"
        self._cookies = CookieJar()
        handlers = [HTTPCookieProcessor(self._cookies)]
        self._opener = build_opener(*handlers, *([] if proxies else [ProxyHandler({})]))

    def sign_in(self, username: str, password: str) -> None:
        """Sign in as the page does. Raises SiteRefusal."""
        self._open("/accounts/login/")
        if self._cookie(CSRF) is None:
            raise SiteRefusal(failure(NotAChat(), self.address).sentence)
        form = {
            "username": username,
            "password": password,
            "csrfmiddlewaretoken": self._cookie(CSRF),
        }
        self._open("/accounts/login/", urlencode(form).encode())
        if self._cookie(SESSION) is None:
            raise SiteRefusal(WRONG)

    @property
    def cookies(self) -> str | None:
        """What a socket sends of who is signed in."""
        session = self._cookie(SESSION)
        return session and f"{SESSION}={session}"

    async def open_direct(self, name: str, token: str | None) -> str:
        """Return the address of the room with somebody alone. Raises SiteRefusal."""
        return await asyncio.to_thread(self._open_direct, name, token)

    def _open_direct(self, name: str, token: str | None) -> str:
        people = self._request(f"/api/v1/people?q={quote(name)}", token)["people"]
        wanted = [user for user in people if user["name"].casefold() == name.casefold()] or people
        if not wanted:
            raise SiteRefusal(NOBODY)
        if len(wanted) > 1:
            which = ", ".join(user["name"] for user in wanted)
            raise SiteRefusal(f"Several people have a name like that. Type one of these: {which}")
        direct = {"kind": "direct", "members": [wanted[0]["id"]]}
        return self._request("/api/v1/rooms", token, direct)["slug"]

    def _request(self, path: str, token: str | None, body: dict | None = None) -> dict:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        content = None if body is None else json.dumps(body).encode()
        return json.loads(self._open(path, content, headers))

    def _open(self, path: str, body: bytes | None = None, headers: dict | None = None) -> bytes:
        """Request what is at a path; where there is a `body`, post it."""
        own = {"Origin": self.origin, "Referer": f"{self.origin}/"}
        if token := self._cookie(CSRF):
            own["X-CSRFToken"] = token
        # The address is one of http or https: the command has checked it.
        request = Request(f"{self.origin}{path}", body, own | (headers or {}))  # noqa: S310
        try:
            with self._opener.open(request, timeout=TIMEOUT) as response:
                return response.read()
        except HTTPError as error:
            raise SiteRefusal(self._sentence_of(error)) from None
        except (OSError, HTTPException, ValueError) as error:
            raise SiteRefusal(failure(_cause_of(error), self.address).sentence) from None

    def _sentence_of(self, error: HTTPError) -> str:
        """Return what an error of the API says, or what its status means in its place."""
        try:
            return json.loads(error.read())["error"]["message"]
        except (OSError, ValueError, KeyError, TypeError):
            if error.code == TOO_MANY:
                return "Too many tries. Wait a while, and try again."
            return failure_by_status(error.code, self.address).sentence

    def _cookie(self, name: str) -> str | None:
        return next((cookie.value for cookie in self._cookies if cookie.name == name), None)


def _cause_of(error: Exception) -> Exception:
    """Return what a request has failed by: of the network, or what is no answer of a chat."""
    if isinstance(error, URLError) and isinstance(error.reason, OSError):
        return error.reason
    # What came to half of it was lost on its way.
    return error if isinstance(error, OSError | IncompleteRead) else NotAChat()
