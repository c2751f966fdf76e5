"""Clients of the HTTP API."""

import json
from http import HTTPStatus
from itertools import count
from urllib.parse import urlsplit

import httpx
from asgiref.sync import sync_to_async
from django.conf import settings
from django.middleware.csrf import get_token
from django.test import RequestFactory

from chat.log import create_room
from chat.models import Room
from chatsite.asgi import application
from tests.support.people import sign_in
from tests.support.sockets import OWN_ORIGIN

ids = (f"h{number}" for number in count(1))


class ApiResponse:
    """A response of the API: JSON, whatever happened."""

    def __init__(self, response: httpx.Response):
        self.status = response.status_code
        self.headers = response.headers
        if self.status == HTTPStatus.NO_CONTENT:
            assert (response.content, "content-type" in response.headers) == (b"", False)
            self.body = None
            return
        assert response.headers["content-type"].startswith("application/json"), response.headers
        assert int(response.headers["content-length"]) == len(response.content)
        self.body = response.json()

    def __getitem__(self, name: str):
        return self.body[name]

    def check_error(self, status: int, code: str) -> dict:
        """Return the error, which has this status and code and a sentence for a person."""
        assert list(self.body) == ["error"], self.body
        error = self["error"]
        assert (self.status, error["code"]) == (status, code), (self.status, error)
        assert error["message"][0].isupper()
        assert error["message"][-1] in ".?)"
        assert "\n" not in error["message"]
        return error


class Caller:
    """A client of the API: with a token, a session or neither, at an address, maybe on a page.

    `csrf` is whether it has the CSRF token of the site's pages.
    """

    def __init__(
        self,
        token: str | None = None,
        session: str | None = None,
        origin: str | None = None,
        address: str = "192.0.2.1",
        csrf: bool = False,
        site: str = OWN_ORIGIN,
        app=application,
    ):
        self.token = token
        self.headers: dict[str, str] = {}
        self.cookies: dict[str, str] = {}
        self._transport = {"app": app, "client": (address, 50_000)}
        self._site = site
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        if origin:
            self.headers["Origin"] = origin
        if session:
            self.cookies[settings.SESSION_COOKIE_NAME] = session
        if csrf:
            request = RequestFactory().get("/")
            self.headers["X-CSRFToken"] = get_token(request)
            self.cookies[settings.CSRF_COOKIE_NAME] = request.META["CSRF_COOKIE"]

    async def get(self, path: str, **headers: str) -> ApiResponse:
        return ApiResponse(await self.request("GET", path, headers=headers))

    async def post(self, path: str, body) -> ApiResponse:
        """Post a body: bytes as they are, anything else as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return ApiResponse(await self.request("POST", path, content=content))

    async def patch(self, path: str, body) -> ApiResponse:
        content = json.dumps(body).encode()
        return ApiResponse(await self.request("PATCH", path, content=content))

    async def put(self, path: str, body=None) -> ApiResponse:
        content = b"" if body is None else json.dumps(body).encode()
        return ApiResponse(await self.request("PUT", path, content=content))

    async def delete(self, path: str) -> ApiResponse:
        return ApiResponse(await self.request("DELETE", path))

    async def request(self, method: str, path: str, headers=(), **options) -> httpx.Response:
        """Make a request to an address under /api/v1/; return httpx's response."""
        headers = {name: text.encode() for name, text in {**self.headers, **dict(headers)}.items()}
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(**self._transport),
            base_url=self._site,
            cookies=self.cookies,
        ) as client:
            return await client.request(method, f"/api/v1/{path}", headers=headers, **options)

    def scope(self, method: str, path: str, query: str, headers: dict[str, str]) -> dict:
        """Return the ASGI scope of such a request, for a test that reads the response itself."""
        url = urlsplit(self._site)
        cookies = "; ".join(f"{name}={text}" for name, text in self.cookies.items())
        sent = {"Host": url.netloc, **self.headers, **headers}
        if cookies:
            sent["Cookie"] = cookies
        return {
            "type": "http",
            "method": method,
            "scheme": url.scheme,
            "path": f"/api/v1/{path}",
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), text.encode()) for name, text in sent.items()],
            "client": self._transport["client"],
            "server": (url.hostname, 80),
        }

    async def poll(self, room: str = "lobby", **query) -> ApiResponse:
        """Poll a room's events."""
        text = "&".join(f"{name}={value}" for name, value in query.items())
        return await self.get(f"rooms/{room}/events?{text}", Accept="application/json")

    async def history(self, room: str = "lobby", **query) -> ApiResponse:
        text = "&".join(f"{name}={value}" for name, value in query.items())
        return await self.get(f"rooms/{room}/messages?{text}")

    async def send_message(self, body: str, room: str = "lobby", **fields) -> ApiResponse:
        """Post a message, with an id of its own unless one is given."""
        return await self.post(f"rooms/{room}/messages", {"id": next(ids), "body": body, **fields})


async def new_guest(name: str, **options) -> Caller:
    """Return a new guest, made over HTTP; its `user` is the guest's User object."""
    response = await Caller(**options).post("guests", {"name": name})
    assert response.status == 201, response.body
    guest = Caller(token=response["token"], **options)
    guest.user = response["user"]
    return guest


def on_a_page(session: str, csrf: bool = True) -> Caller:
    """Return somebody signed in, on a page of the site itself."""
    return Caller(session=session, origin=OWN_ORIGIN, csrf=csrf)


async def new_member(name: str) -> Caller:
    """Return a new member, on a page of the site; its `user` is the member's User object."""
    member = on_a_page(await sign_in(name))
    member.user = (await member.get("me"))["user"]
    return member


async def make_room(slug: str = "lobby") -> Room:
    return await sync_to_async(create_room)(slug, slug.title(), None)
