"""Every word that people are shown can be translated: nothing is outside of ⟦the brackets⟧."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import ADMIN_PASSWORD
from tests.support import bracketed
from tests.support.servers import ROOT, Server
from tests.support.wire import Wire

WORD = re.compile(r"[^\W\d_]{2,}")
# What people have written; names of languages and formats; dates, in the browser's language.
DATA = re.compile(
    r"Chatsite|Lobby|lobby|Ana|Ion|Mara|Guest-\d+|Tea House|tea-house|Green tea|admin\b|hello|typed"
    r"|UTC|OpenAPI|AsyncAPI|JavaScript|[ap]\.?m\.?|@example\.org"
    r"|\w+, \d+ \w+ \d{4} at"
)

# All texts and attributes of a page, with where they are, in their order; not those of Swagger UI
# and of Django's scripts and pictures, which have words of their own.
COLLECT = """() => {
    const skipped = "script, style, template, noscript, svg, [lang=en], .calendarbox, .clockbox,"
        + ".datetimeshortcuts, .select2-container, .selector, .action-counter, #toolbar img,"
        + "#result_list img, #id_password";
    const attributes = ["aria-label", "title", "placeholder", "alt", "data-words",
        "aria-description", "aria-valuetext", "data-placeholder"];
    const where = (node) => node.id ? `#${node.id}` : `${node.localName}.${node.className}`;
    const walk = document.createTreeWalker(document.documentElement, 5);
    const found = [];
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const element = node.nodeType === 3 ? node.parentElement : node;
        if (element.closest(skipped)) continue;
        if (node.nodeType === 3) found.push(["text", where(element), node.data]);
        else for (const name of attributes) {
            if (node.hasAttribute(name)) found.push([name, where(node), node.getAttribute(name)]);
        }
        const isButton = node.localName === "input" && ["submit", "button"].includes(node.type);
        if (isButton) found.push(["value", where(node), node.value]);
    }
    return found;
}"""


def outside(text: str, depth: int = 0) -> tuple[str, int]:
    """Return what is outside of brackets in a text that begins `depth` deep, and how deep it ends.

    A sentence may have elements in it: its brackets are in the first and the last text.
    """
    kept = ""
    for character in text:
        depth += {"⟦": 1, "⟧": -1}.get(character, 0)
        if depth == 0 and character != "⟧":
            kept += character
    return DATA.sub("", kept), depth


@contextmanager
def serving(page: Page, address: str, html: str) -> Iterator[None]:
    """Serve a browser some HTML at an address of the site, whose scripts may write none."""
    page.route(f"**{address}", lambda route: route.fulfill(content_type="text/html", body=html))
    yield
    page.unroute(f"**{address}")


def forgotten(page: Page) -> list[str]:
    """Return what a page shows that nobody could translate."""
    found, depth = [], 0
    for kind, where, text in page.evaluate(COLLECT):
        kept, after = outside(text, depth if kind == "text" else 0)
        depth = after if kind == "text" else depth
        if WORD.search(kept):
            found.append(f"{kind} of {where}: {text.strip()[:80]}")
    assert depth == 0, "a sentence has brackets at one end only"
    return found


@pytest.fixture(scope="module")
def translated(tmp_path_factory, needs):
    """Yield a site whose words are in brackets, with an admin and a room."""
    folder = tmp_path_factory.mktemp("translated")
    path = folder / "locale" / "en_XA" / "page.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(bracketed_words(needs("Node"))))
    server = Server(
        folder,
        admins=("admin",),
        CHAT_RATE_LIMITS="off",
        DJANGO_SETTINGS_MODULE=bracketed.__name__,
        BRACKETED_LOCALE=str(path.parents[1]),
    )
    server.start()
    yield server
    server.kill()


def bracketed_words(node) -> dict:
    """Return the words of the page's scripts, in brackets."""
    script = (
        "const load = (name) => import(`./static/chat/page/${name}.js`);"
        "Promise.all(['words', 'frontwords', 'laterwords', 'rooms/words'].map(load))"
        ".then(([first]) => console.log(JSON.stringify(first.WORDS)))"
    )
    done = subprocess.run([node, "-e", script], cwd=ROOT, capture_output=True, check=True)
    return {key: _in_brackets(words) for key, words in json.loads(done.stdout).items()}


def _in_brackets(words):
    if isinstance(words, str):
        return bracketed.bracketed(words)
    return {form: bracketed.bracketed(text) for form, text in words.items()}


@pytest.fixture
def person(translated, visit, complaints):
    """Return a function that opens the site in a browser of its own."""

    def come() -> Page:
        return visit(translated)

    yield come
    # Pages that are refused on purpose.
    complaints[:] = [each for each in complaints if "Failed to load resource" not in each]


def join(page: Page, name: str, room: str = "tea-house") -> None:
    """Join a room through its link, and start it where it is new."""
    page.goto(f"/rooms/{room}/")
    page.locator("#entry-name").fill(name)
    page.locator(".entry [type=submit]").click()
    expect(page.get_by_text("⟦You joined⟧")).to_be_visible()


def sign_in(page: Page) -> None:
    page.goto("/admin/")
    page.locator("#id_username").fill("admin")
    page.locator("#id_password").fill(ADMIN_PASSWORD)
    page.locator("[type=submit]").click()
    expect(page.locator("#content-main")).to_be_visible()


def test_words_without_brackets_are_found():
    assert outside("⟦You are signed in as ") == ("", 1)
    assert outside(". Sign out⟧ or", 1) == (" or", 0)
    assert outside("⟦a ⟦b⟧ c⟧ d") == (" d", 0)


def test_the_first_page_and_signing_in_can_be_translated(person):
    page, found = person(), {}
    page.goto("/")
    assert page.locator("html").get_attribute("lang") == bracketed.LANGUAGE
    found["first page"] = forgotten(page)
    page.locator("#id_room").fill("!!!")
    page.locator(".enter [type=submit]").click()
    expect(page.locator(".field-error")).to_have_count(2)
    found["first page, refused"] = forgotten(page)
    page.goto("/accounts/login/")
    found["signing in"] = forgotten(page)
    page.locator("#id_username").fill("typed")
    page.locator("#id_password").fill("typed")
    page.locator(".stack [type=submit]").click()
    expect(page.locator(".field-error")).to_be_visible()
    found["signing in, refused"] = forgotten(page)
    page.goto("/nowhere/")
    found["a page that is not there"] = forgotten(page)
    for address in ("/", "/accounts/login/", "/accounts/logout/", "/admin/login/"):
        refusal = page.request.post(address, form={"name": "typed"}).text()
        with serving(page, "/refused/", refusal):
            page.goto("/refused/")
        found[f"stale form to {address}"] = forgotten(page)
    page.goto("/api/docs/")
    found["the page of the API"] = forgotten(page)
    assert {where: texts for where, texts in found.items() if texts} == {}


def test_a_room_can_be_translated(person, translated):
    ana, found = person(), {}
    ana.goto("/rooms/tea-house/")
    expect(ana.locator(".entry")).to_be_visible()
    found["the dialog"] = forgotten(ana)
    ana.locator(".entry [type=submit]").click()
    expect(ana.locator("#entry-error")).not_to_be_empty()
    found["the dialog, refused"] = forgotten(ana)
    join(ana, "Ana")
    found["an empty room"] = forgotten(ana)
    second = ana.context.new_page()
    second.goto("/rooms/tea-house/")
    expect(second.locator(".entry-note")).to_be_visible()
    found["a second tab"] = forgotten(second)
    second.close()
    with Wire(translated.ws_url) as ion:
        ion.enter("Ion", "tea-house")
        expect(ana.locator(".line", has_text="connected")).to_be_visible()
        ion.send_command("typing", room="tea-house")
        expect(ana.locator("[data-part=typing]")).to_contain_text("Ion")
        found["somebody came, and types"] = forgotten(ana)
    ana.locator("[data-part=composer-text]").fill("hello " * 800)
    expect(ana.locator(".composer-counter")).to_be_visible()
    found["too many characters"] = forgotten(ana)
    ana.locator("[data-part=composer-text]").fill("hello")
    ana.locator(".composer-send").click()
    expect(ana.locator(".message:not(.pending)")).to_have_count(1)
    found["actions, an edit, a reply, and a deletion"] = forgotten_in_actions(ana)
    ana.context.set_offline(True)
    expect(ana.locator(".banner")).to_be_visible()
    ana.locator("[data-part=composer-text]").fill("hello")
    ana.locator(".composer-send").click()
    expect(ana.locator(".message.pending").last).to_be_visible()
    found["offline"] = forgotten(ana)
    assert {where: texts for where, texts in found.items() if texts} == {}


def forgotten_in_actions(page: Page) -> list[str]:
    """Return what nobody could translate in what one does with a message."""
    found = []
    for action in ("reply", "edit", "react-with", "delete"):
        page.locator(".message").hover()
        page.locator(".bar [data-action=more]").click()
        page.locator(f".actions [data-action={action}]").first.click()
        found += forgotten(page)
        page.keyboard.press("Escape")
    page.locator("[data-part=undo]").click()
    page.locator(".chip").hover()
    return found + forgotten(page)


def test_what_the_admin_does_can_be_translated_on_the_page(person):
    ana, admin, found = person(), person(), {}
    join(ana, "Ana", "lobby")
    ana.locator("[data-part=composer-text]").fill("hello")
    ana.locator(".composer-send").click()
    expect(ana.locator(".message:not(.pending)")).to_have_count(1)
    sign_in(admin)
    act(admin, "message", "hello", "delete_messages")
    expect(ana.locator(".message.deleted")).to_be_visible()
    act(admin, "room", "lobby", "close_rooms")
    expect(ana.locator(".gate[data-part=gate]")).to_be_visible()
    found["a closed room, and a deleted message"] = forgotten(ana)
    act(admin, "room", "lobby", "open_rooms")
    act(admin, "person", "Ana", "block")
    expect(ana.locator("[data-part=composer]")).to_be_hidden()
    found["blocked"] = forgotten(ana)
    assert {where: texts for where, texts in found.items() if texts} == {}


def act(admin: Page, listing: str, row: str, action: str) -> None:
    """Apply an action of the admin to a row, and check what the list says then."""
    admin.goto(f"/admin/chat/{listing}/?q={row}")
    admin.locator("#result_list .action-select").first.check()
    admin.locator("select[name=action]").select_option(action)
    admin.locator(".actions [type=submit]").first.click()
    expect(admin.locator(".messagelist")).to_be_visible()
    assert forgotten(admin) == []


ADMIN_PAGES = (
    *("", "chat/message/", "chat/message/?deleted=yes", "chat/room/", "chat/room/add/"),
    *("chat/room/1/change/", "chat/room/1/delete/", "chat/room/1/history/", "chat/person/"),
    *("chat/person/1/change/", "chat/configuration/1/change/", "auth/user/", "auth/user/1/change/"),
    *("auth/user/add/", "password_change/", "chat/membership/", "chat/membership/add/"),
    *("chat/membership/?banned=yes", "chat/membership/1/change/", "chat/invitation/"),
    *("chat/invitation/1/change/", "chat/room/1/change/", "chat/room/?kind__exact=direct"),
)


def test_the_admin_can_be_translated(person):
    page, found = person(), {}
    page.goto("/admin/")
    found["login/"] = forgotten(page)
    sign_in(page)
    for address in ADMIN_PAGES:
        page.goto(f"/admin/{address}")
        found[address] = forgotten(page)
    page.goto("/admin/chat/room/add/")
    page.locator("[name=_save]").click()
    expect(page.locator(".errornote")).to_be_visible()
    found["a room without a name"] = forgotten(page)
    page.goto("/admin/chat/configuration/1/change/")
    page.locator("[name=allowed_origins]").fill("typed")
    page.locator("[name=default_room]").fill("Typed")
    page.locator("[name=_save]").click()
    expect(page.locator(".errornote")).to_be_visible()
    found["a wrong configuration"] = forgotten(page)
    assert {where: texts for where, texts in found.items() if texts} == {}


def test_refusals_are_translated_at_each_door(translated, person):
    page = person()
    page.goto("/")
    refusals = [
        page.request.get("/api/v1/nowhere").json(),
        page.request.get("/api/v1/rooms/nowhere/messages").json(),
        page.request.post("/api/v1/guests", data={"name": "* typed"}).json(),
        page.request.post("/api/v1/guests", data={"shoe": 1}).json(),
    ]
    with Wire(translated.ws_url) as wire:
        refusals.append({"error": wire.reply_to(wire.send_command("typed"))})
    for refusal in refusals:
        assert not WORD.search(outside(refusal["error"]["message"])[0]), refusal
