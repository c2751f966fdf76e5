"""What people wrote is read as they wrote it: its direction, its addresses, its authors."""

from playwright.sync_api import Locator, expect

from tests.browser.people import Guest

# Returns the boxes of all characters in an element, in the order of the text.
BOXES = """element => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const boxes = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        for (let index = 0; index < node.length; index += 1) {
            const range = document.createRange();
            range.setStart(node, index);
            range.setEnd(node, index + 1);
            const { left, right } = range.getBoundingClientRect();
            boxes.push({ sign: node.data[index], left, right });
        }
    }
    return boxes;
}"""
HEBREW = "\u05e9\u05dc\u05d5\u05dd"


def left_of(element: Locator) -> dict[str, float]:
    """Return where the first of each character begins on the page."""
    return {box["sign"]: box["left"] for box in reversed(element.evaluate(BOXES))}


def as_seen(element: Locator) -> str:
    """Return the text of one line as it is read on the page, from the left."""
    boxes = sorted(element.evaluate(BOXES), key=lambda box: box["left"])
    return "".join(box["sign"] for box in boxes)


def test_no_text_before_it_turns_a_link(ana):
    address = "https://example.com/nigol/moc.knab//:sptth"
    turns = ("\u202e", "\u202b", "\u2067", "\u200f", "\u061c", HEBREW + " ")
    for number, turn in enumerate(turns):
        ana.say(f"{turn}{address}")
        link = ana.messages.nth(number).get_by_role("link")
        expect(link).to_have_text(address)
        expect(link).to_have_attribute("href", address)
        assert as_seen(link) == address, turn


def test_an_override_turns_nothing_and_is_shown(ana):
    ana.say("see \u202emoc.knab")
    body = ana.page.locator(".message-body")
    expect(body).to_have_text("see \u202emoc.knab")
    assert as_seen(body).replace("\u202e", "") == "see moc.knab"
    sign = body.locator(".override")
    assert "⇄" in sign.evaluate("each => getComputedStyle(each, '::after').content")


def test_a_link_shows_the_host_that_it_opens(ana):
    ana.say("https://\u0440\u0430\u0443\u0440\u0430l.com/x")
    link = ana.messages.get_by_role("link")
    expect(link).to_have_text("https://xn--l-7sba6dbr.com/x")
    expect(link).to_have_attribute("href", "https://xn--l-7sba6dbr.com/x")


def test_each_paragraph_has_the_direction_of_its_first_letter(ana):
    ana.say(f"Hello all,\n{HEBREW}!\n1) ok.")
    body = ana.page.locator(".message-body")
    left, box = left_of(body), body.bounding_box()
    assert left["H"] < left[","]
    assert left["!"] < left[HEBREW[0]]
    assert left["o"] < left["."]
    assert abs(left["H"] - box["x"]) < 2
    assert left[HEBREW[0]] > box["x"] + box["width"] - 30
    assert abs(left["1"] - box["x"]) < 2


def test_addresses_run_from_left_to_right_in_any_paragraph(ana):
    address = "https://example.com/a-b/?c=(1)"
    ana.say(f"{HEBREW} {address}!\n{address} {HEBREW}!")
    links = ana.messages.get_by_role("link")
    expect(links).to_have_count(2)
    assert [as_seen(links.nth(each)) for each in (0, 1)] == [address, address]
    first, second = (links.nth(each).bounding_box()["x"] for each in (0, 1))
    body = ana.page.locator(".message-body").bounding_box()
    # The second paragraph begins with a Latin letter, also where that is one of an address.
    assert first > body["x"] + 100
    assert abs(second - body["x"]) < 2


def test_letters_of_an_address_do_not_move_before_its_host(ana):
    """Beside Hebrew on both sides, a path in Hebrew would be shown left of the host."""
    ana.say(f"{HEBREW} https://example.com/{HEBREW} {HEBREW}")
    link = ana.messages.get_by_role("link")
    expect(link).to_have_count(1)
    left = left_of(link)
    assert left["h"] < left[HEBREW[-1]]


def test_pieces_of_an_address_from_right_to_left_keep_their_order(ana):
    """Else the folder of https://example.TLD/FOLDER, in Hebrew both, would pass for its ending."""
    addresses = [
        ("https://example.", "\u05e7\u05d5\u05dd", "/", "\u05d3\u05d4\u05d5"),
        ("https://example.com/", "\u0627\u0628", "/", "\u062a\u062b", "/", "123"),
        ("https://example.com/?", "\u05d0\u05d1", "=", "\u05d2\u05d3", "&", "1", "#", "\u05d5"),
        ("https://", "\u05d0\u05d1", ".", "\u05d2\u05d3", ":", "8000", "/", "x"),
    ]
    for number, pieces in enumerate(addresses):
        ana.say(f"{HEBREW} {''.join(pieces)}")
        link = ana.messages.nth(number).get_by_role("link")
        expect(link).to_have_text("".join(pieces))
        turned = [piece[::-1] if piece[0] > "\u0590" else piece for piece in pieces]
        assert as_seen(link) == "".join(turned)


def test_a_rooms_title_turns_no_words_around_it(visit, site):
    page = visit(site)
    response = page.goto(f"/rooms/{HEBREW}/")
    # The same as before the scripts have run.
    assert f"<title>\u2068{HEBREW}\u2069 \u2013 Chatsite</title>" in response.text()
    Guest(page, "Ana").answer_name("Ana")
    expect(page).to_have_title(f"\u2068{HEBREW}\u2069 \u2013 Chatsite")
    expect(page.locator(".beginning bdi")).to_have_text(HEBREW)
