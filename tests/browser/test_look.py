"""What a designer looks at: edges that are in line, and words that stay beside each other."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.people import Admin, Guest
from tests.support.wire import Wire

ARABIC = "\u063a\u0631\u0641\u0629 \u0627\u0644\u0623\u0635\u062f\u0642\u0627\u0621"
LONG_ARABIC = " ".join([ARABIC] * 5)[:80].strip()
PHONE = {"width": 360, "height": 740}
# The boxes of the lines of text in an element.
LINES = """element => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return [...range.getClientRects()].map(({ left, right, top, bottom }) => (
        { left, right, top, bottom }));
}"""
# The box of the first character in an element.
FIRST = """element => {
    const range = document.createRange();
    const text = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode();
    range.setStart(text, 0);
    range.setEnd(text, 1);
    const { left, right } = range.getBoundingClientRect();
    return { left, right };
}"""


@pytest.fixture
def rooms(serve):
    """Return a site whose rooms have names in Latin and in Arabic letters, short and long."""
    site = serve()
    with Wire(site.ws_url) as wire:
        wire.enter("Maker")
        for name in ("Latin", ARABIC, LONG_ARABIC):
            wire.request("join", room=name)
    return site


def left_of(words: Locator) -> float:
    return words.evaluate(LINES)[0]["left"]


def right_of(words: Locator) -> float:
    return max(line["right"] for line in words.evaluate(LINES))


@pytest.mark.parametrize("width", [360, 1280])
def test_names_of_any_direction_begin_at_the_same_edge(visit, rooms, width):
    page = visit(rooms, viewport=PHONE | {"width": width})
    page.goto("/")
    names = page.locator(".room-row-name")
    edges = [left_of(names.get_by_text(name, exact=True)) for name in ("Latin", ARABIC)]
    assert edges[0] == edges[1]
    # Who was in two rooms has a list of them, beside which the header begins.
    Guest(page, "Ana").come_in("Latin")
    edges = []
    for name in (ARABIC, "Latin"):
        Guest(page, "Ana").come_in(name)
        expect(page.locator("body")).to_contain_class("with-rooms")
        title = page.get_by_role("heading", level=1)
        expect(title).to_have_text(name)
        edges.append(left_of(title))
    assert edges[0] == edges[1]


def test_a_name_from_right_to_left_is_cut_at_its_end(visit, rooms):
    page = visit(rooms, viewport=PHONE)
    Guest(page, "Ana").come_in(LONG_ARABIC)
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text(LONG_ARABIC)
    assert title.evaluate("element => element.scrollWidth > element.clientWidth")
    box, first = title.bounding_box(), title.evaluate(FIRST)
    assert box["x"] <= first["left"] < first["right"] <= box["x"] + box["width"] + 1


def test_the_sites_name_and_welcome_have_their_own_direction(serve, visit):
    site = serve("runserver")
    fields = {"site_name": ARABIC, "welcome": f"{ARABIC}."}
    save = f"Configuration.objects.update_or_create(pk=1, defaults={fields})"
    site.manage("shell", "-c", f"from chat.models import Configuration; {save}")
    page = visit(site, viewport=PHONE)
    page.goto("/")
    for words in (page.get_by_role("heading", level=1), page.locator(".sheet-lead")):
        expect(words).to_contain_text(ARABIC)
        assert abs(left_of(words) - words.bounding_box()["x"]) < 1
    stop = page.locator(".sheet-lead").evaluate(
        """element => {
            const range = document.createRange();
            const text = element.firstChild;
            range.setStart(text, text.length - 1);
            range.setEnd(text, text.length);
            return range.getBoundingClientRect().left;
        }"""
    )
    assert stop == left_of(page.locator(".sheet-lead"))


def test_a_room_without_people_in_it_leaves_no_gap_beside_its_name(site, visit):
    page = visit(site, viewport=PHONE)
    page.goto("/")
    # Which rooms are listed, and who is there, is for the other tests to say.
    page.locator(".room-row [data-part=count]").first.evaluate("count => count.textContent = ''")
    row = page.locator(".room-row").first
    expect(row.locator("[data-part=count]")).to_be_hidden()
    words, box = row.locator(".room-row-words").bounding_box(), row.bounding_box()
    padding = words["x"] - box["x"]
    assert abs(words["width"] - (box["width"] - 2 * padding)) < 1


@pytest.mark.parametrize("width", [360, 1280])
def test_the_counter_takes_no_space_from_the_text(guest, width):
    ana = guest("Ana", viewport=PHONE | {"width": width})
    ana.composer.fill("word " * 700)
    before = ana.composer.bounding_box()
    ana.composer.fill("word " * 900)
    counter = ana.page.locator(".composer-counter")
    expect(counter).to_be_visible()
    assert ana.composer.bounding_box() == before
    box = counter.bounding_box()
    assert box["y"] + box["height"] <= before["y"]
    field = ana.page.locator(".composer").bounding_box()
    assert abs(box["x"] + box["width"] - field["x"] - field["width"]) < 1


def test_a_long_name_is_cut_with_an_ellipsis_in_the_field(visit, site):
    name = "A room with a name that nobody could read to its end on a phone"
    ana = Guest(visit(site, viewport=PHONE), "Ana")
    ana.come_in(name)
    expect(ana.composer).to_have_attribute("placeholder", f"Write to {name}")
    ana.page.get_by_role("heading", level=1).click()
    before = ana.composer.screenshot()
    ana.page.evaluate(
        """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync("textarea::placeholder { text-overflow: clip !important }");
            document.adoptedStyleSheets = [sheet];
        }"""
    )
    assert ana.composer.screenshot() != before


def test_the_banner_has_lines_of_one_length(guest):
    ana = guest("Ana", viewport=PHONE)
    ana.page.context.set_offline(True)
    expect(ana.banner).to_be_visible()
    lines = ana.banner.locator("p").evaluate(LINES)
    widths = [line["right"] - line["left"] for line in lines if line["right"] > line["left"]]
    assert min(widths) > 0.6 * max(widths)
    ana.page.context.set_offline(False)


def test_the_name_dialog_has_equal_margins_above_and_below(visit, site):
    page = visit(site, viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto("/rooms/somewhere/")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    box = dialog.bounding_box()
    above = dialog.locator("h2").evaluate(LINES)[0]["top"] - box["y"]
    link = dialog.get_by_role("link", name="All rooms").evaluate(LINES)[0]
    assert abs(above - (box["y"] + box["height"] - link["bottom"])) <= 8


def test_the_number_of_people_keeps_away_from_the_menus_ground(site, guest, room):
    ana = guest("Ana", viewport=PHONE)
    count = ana.page.locator("[data-part=people-count]")
    count.evaluate("element => (element.textContent = '88')")
    menu = ana.page.locator(".menu-button").bounding_box()
    assert menu["x"] - right_of(count) >= 8


def test_the_jump_button_leaves_the_names_of_who_types_readable(site, guest, room):
    ana = guest("Ana", viewport=PHONE)
    with Wire(site.ws_url) as ben, Wire(site.ws_url) as cleo:
        for wire, name in ((ben, "Bartholomew Featherstone-West"), (cleo, "Cleopatra Montgomery")):
            slug = wire.enter(name, room)["room"]["slug"]
        for number in range(40):
            ben.request("send", room=slug, body=f"message {number}")
        ana.sees("message 39")
        ana.scroll_up()
        for wire in (ben, cleo):
            wire.send_command("typing", room=slug)
        typing = ana.page.locator("[data-part=typing]")
        expect(typing).to_contain_text("are typing")
        box, jump = typing.bounding_box(), ana.jump.bounding_box()
        assert box["height"] > 30
        assert jump["y"] + jump["height"] <= box["y"]
        field = ana.composer.bounding_box()
        assert box["y"] + box["height"] <= field["y"]


@pytest.mark.parametrize("width", [360, 1280])
def test_a_page_from_right_to_left_has_everything_in_its_mirrored_place(guest, width):
    """As for a language that is written so: nothing is cut off, or over something else."""
    ana = guest("Ana", viewport=PHONE | {"width": width})
    ana.page.evaluate("document.documentElement.dir = 'rtl'")
    ana.say("hello")
    ana.sees("hello")
    people = ana.page.locator(".people")
    if width < 960:
        ana.page.get_by_role("button", name="People here").click()
        expect(people).to_have_css("transform", "none")
        assert people.bounding_box()["x"] == 0
        ana.page.keyboard.press("Escape")
        expect(people).to_be_hidden()
    else:
        box = people.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= ana.scroller.locator(".stream").bounding_box()["x"]
    ana.page.get_by_role("button", name="Menu").click()
    assert is_within(ana.page.locator(".menu"), width)
    ana.page.keyboard.press("Escape")
    ana.page.context.set_offline(True)
    expect(ana.banner).to_be_visible()
    assert is_within(ana.banner, width)
    field = ana.page.locator(".composer").bounding_box()
    centre = ana.banner.bounding_box()["x"] + ana.banner.bounding_box()["width"] / 2
    assert abs(centre - field["x"] - field["width"] / 2) <= 1
    ana.page.context.set_offline(False)


def is_within(element: Locator, width: int) -> bool:
    box = element.bounding_box()
    return box["x"] >= 0 and box["x"] + box["width"] <= width


@pytest.mark.parametrize("size", [(640, 400), (740, 360)])
def test_all_of_the_menu_can_be_reached_in_a_low_window(site, visit, room, size):
    page = Admin(visit(site)).page
    page.goto("/")
    Guest(page, "").start_room(room)
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    page.get_by_role("button", name="Menu").click()
    last = page.get_by_role("button", name="Sign out")
    last.focus()
    expect(last).to_be_in_viewport(ratio=1)


def test_a_long_name_breaks_beside_its_picture(guest, site, visit):
    name = "Konstantina-Alexandra Papadopoul"
    long = guest(name, viewport={"width": 1024, "height": 768})
    assert is_within(long.page.locator(".person-note"), 1024 - 16)
    page = Admin(visit(site, viewport={"width": 320, "height": 640})).page
    page.goto(long.page.url)
    page.get_by_role("button", name="People here").click()
    page.get_by_role("button", name="People of this room").click()
    row = page.get_by_role("dialog").get_by_role("listitem").filter(has_text=name)
    picture, words = (row.locator(each).bounding_box() for each in (".initial", ".person-name"))
    assert picture["x"] + picture["width"] <= words["x"]
    assert words["y"] <= picture["y"] <= words["y"] + words["height"]


def test_rings_around_what_has_the_focus_are_round(guest):
    ana = guest("Ana")
    ana.say("See https://example.org")
    ana.sees("See https://example.org")
    # To the messages, and from there past "Copy the link" to the link in one.
    for key in ("Shift+Tab", "Tab", "Tab"):
        ana.page.keyboard.press(key)
    radii = {}
    for _ in range(4):
        focused = ana.page.locator(":focus-visible")
        if focused.evaluate("each => each.matches('a, button')"):
            name = focused.evaluate("each => each.className || each.textContent")
            radii[name] = focused.evaluate("each => getComputedStyle(each).borderRadius")
        ana.page.keyboard.press("Shift+Tab")
    assert len(radii) >= 2
    assert "https://example.org" in radii
    assert "0px" not in radii.values(), radii
