"""The page of the API contacts no other host, and requests sent from it work."""

import json
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def page(site, visit) -> Page:
    page = visit(site)
    page.goto("/api/docs/")
    expect(page.locator(".opblock").first).to_be_visible()
    return page


def try_out(page: Page, method: str, path: str, body: dict | None = None, **fields: str) -> dict:
    """Execute a request by its form; return the status and the body of the response."""
    block = page.locator(f".opblock-{method.lower()}").filter(
        has=page.locator(f".opblock-summary-path[data-path='{path}']")
    )
    if block.locator(".execute").count() == 0:
        block.locator(".opblock-summary-control").click()
    for name, text in fields.items():
        block.locator(f"[data-param-name='{name}'] input").fill(text)
    if body is not None:
        block.locator("textarea.body-param__text").fill(json.dumps(body))
    block.locator(".execute").click()
    answer = block.locator(".live-responses-table .response")
    status = answer.locator(".response-col_status").inner_text().split()[0]
    return {"status": int(status), **json.loads(answer.locator("pre code").first.inner_text())}


def authorize(page: Page, token: str) -> None:
    page.locator(".auth-wrapper .authorize").click()
    form = page.locator(".auth-container").filter(has_text="Bearer")
    form.locator("input").fill(token)
    form.get_by_role("button", name="Apply credentials").click()
    page.locator(".btn-done").first.click()


def test_a_guest_created_on_the_page_posts_with_their_token(site, page, complaints):
    guest = try_out(page, "POST", "/api/v1/guests", {"name": "Ana of the page"})
    assert (guest["status"], guest["user"]["name"]) == (201, "Ana of the page")
    post = ("POST", "/api/v1/rooms/{slug}/messages", {"id": "one", "body": "tried out"})
    assert try_out(page, *post, slug="lobby")["status"] == 401
    complaints[:] = [each for each in complaints if "401" not in each]
    page.reload()
    authorize(page, guest["token"])
    ack = try_out(page, *post, slug="lobby")
    assert (ack["status"], ack["room"]) == (201, "lobby")
    status, history = site.get("/api/v1/rooms/lobby/messages")
    assert (status, "tried out" in history) == (200, True)


def test_no_other_host_is_contacted(site, visit):
    page = visit(site)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/api/docs/")
    expect(page.locator(".opblock").first).to_be_visible()
    page.locator(".opblock-summary-control").first.click()
    expect(page.locator(".opblock .execute")).to_be_visible()
    expect(page.get_by_text("validator.swagger.io")).to_have_count(0)
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(site.url).netloc}
    # On localhost Swagger UI would not contact its makers' validator, whatever the page sets.
    assert json.loads(page.locator("#swagger").inner_text())["validatorUrl"] is None


def test_the_development_server_has_it_too(serve, visit):
    page = visit(serve("runserver"))
    page.goto("/api/docs")
    expect(page.locator(".opblock").first).to_be_visible()


def test_the_page_is_as_wide_as_the_window(page):
    page.locator(".opblock-summary-control").first.click()
    expect(page.locator(".opblock .execute")).to_be_visible()
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_every_link_is_local_and_works(site, page):
    links = page.locator("a[href]").evaluate_all("all => all.map((link) => link.href)")
    own = {urlsplit(link).path for link in links}
    assert own >= {"/", "/api/v1/openapi.json", "/api/v1/asyncapi.json"}
    assert all(link.startswith(site.url) for link in links)
    assert {path: site.get(path)[0] for path in own} == dict.fromkeys(own, 200)


IS_LIGHT = """isLight => {
  const { color } = getComputedStyle(document.querySelector(".opblock-tag"));
  const [red, green, blue] = color.match(/[0-9]+/g).map(Number);
  return (red + green + blue > 3 * 128) === isLight;
}"""


def test_it_follows_the_preferred_colour_scheme(page):
    for scheme, class_of_root in (("dark", re.compile("dark-mode")), ("light", "")):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("html")).to_have_class(class_of_root)
        # The ink changes in a transition.
        page.wait_for_function(IS_LIGHT, arg=scheme == "dark")
