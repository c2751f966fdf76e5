"""Messages are shown as docs/formatting.md says; what becomes of a text is tested by its corpus."""

from playwright.sync_api import expect

from tests.support.wire import Wire

CODE = "```py\ndef hello(name):\n    return 'Hello ' + name  # " + "very " * 60 + "long\n```"
HEBREW = "\u05e9\u05dc\u05d5\u05dd"


def body(guest):
    return guest.page.locator(".message-body").last


def test_marks_become_elements_and_html_stays_text(ana):
    ana.say("**a** *b* ~~c~~ `<b>d</b>`\n> e\n- f\n1. g\n<img src=x onerror=alert(1)>")
    for name, text in {"strong": "a", "em": "b", "s": "c", "code": "<b>d</b>"}.items():
        expect(body(ana).locator(name)).to_have_text(text)
    expect(body(ana).locator("blockquote")).to_have_text("e")
    expect(body(ana).get_by_role("listitem")).to_have_text(["• f", "1. g"])
    expect(body(ana)).to_contain_text("<img src=x onerror=alert(1)>")
    assert body(ana).locator("img, b").count() == 0


def test_a_message_that_is_edited_is_formatted_anew(ana):
    ana.say("**a**")
    expect(body(ana).locator("strong")).to_have_text("a")
    ana.composer.press("ArrowUp")
    ana.page.keyboard.press("ControlOrMeta+a")
    ana.page.keyboard.type("*b*")
    ana.page.keyboard.press("Enter")
    expect(body(ana).locator("em")).to_have_text("b")
    assert body(ana).locator("strong").count() == 0


def test_code_scrolls_within_itself(ana):
    ana.page.set_viewport_size({"width": 360, "height": 740})
    ana.say(CODE)
    code = body(ana).locator("pre")
    assert code.evaluate("each => each.scrollWidth > each.clientWidth")
    assert ana.page.evaluate("document.documentElement.scrollWidth") == 360
    assert ana.scroller.evaluate("each => each.scrollWidth <= each.clientWidth")


def test_code_is_copied_as_it_was_written(ana):
    ana.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ana.say("```py\nif a:\n    b = '\u202e'\n```")
    expect(body(ana).locator(".code-keyword")).to_have_text("if")
    expect(body(ana).locator("pre .override")).to_have_count(1)
    body(ana).get_by_role("button", name="Copy code").click()
    expect(ana.page.locator(".toast")).to_have_text("Code copied")
    assert ana.page.evaluate("navigator.clipboard.readText()") == "if a:\n    b = '\u202e'"


def test_colours_are_loaded_for_a_language_that_is_known(ana):
    asked = []
    ana.page.on("request", lambda request: asked.append(request.url))
    ana.say("```\nif a: b\n```")
    ana.say("```nothing-known\nif a: b\n```")
    ana.say("```py\n" + "if a: b\n" * 300 + "```")
    ana.say("`if`")
    ana.sees("if")
    assert not [url for url in asked if "highlight" in url]
    ana.say("```python\nif a: b\n```")
    expect(body(ana).locator(".code-keyword")).to_have_text("if")
    assert [url for url in asked if url.endswith("/languages/py.js")]


def test_code_far_above_is_coloured_once_somebody_scrolls_there(ana):
    ana.say("```js\nreturn 1;\n```")
    for number in range(40):
        ana.say(f"message {number}")
    ana.sees("message 39")
    ana.page.reload()
    ana.sees("message 39")
    assert ana.page.locator(".code-keyword").count() == 0
    ana.scroll_up()
    expect(ana.page.locator(".code-keyword")).to_have_text("return")


def test_a_link_whose_text_is_another_address_shows_the_host(ana):
    ana.say("[bank.com](https://evil.example/x) [docs](https://a.example)")
    link = body(ana).get_by_role("link", name="bank.com")
    expect(link).to_have_attribute("href", "https://evil.example/x")
    expect(body(ana).locator(".link-host")).to_have_text(["(evil.example)"])
    # A frame, which no text has: "(bank.com)" can be typed.
    expect(body(ana).locator(".link-host")).to_have_css("border-block-start-style", "solid")


def test_a_list_from_right_to_left_has_its_markers_at_the_right(ana):
    ana.say(f"- {HEBREW}\n- ok")
    boxes = [
        (item.locator(".list-marker").bounding_box()["x"], item.bounding_box())
        for item in body(ana).get_by_role("listitem").all()
    ]
    (right, box), (left, _) = boxes
    assert right > box["x"] + box["width"] / 2 > left


def test_a_selection_is_copied_as_readable_text(ana):
    ana.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ana.say("**a** b\n\n- c\n- d\n\n```\ne\n```")
    expect(body(ana).locator("pre")).to_be_visible()
    body(ana).evaluate("each => getSelection().selectAllChildren(each)")
    ana.page.keyboard.press("ControlOrMeta+c")
    copied = ana.page.evaluate("navigator.clipboard.readText()")
    assert [line for line in copied.split("\n") if line] == ["a b", "• c", "• d", "e"]


def test_keys_mark_what_is_selected_and_can_be_undone(ana):
    ana.composer.press_sequentially("one two")
    for _ in "two":
        ana.composer.press("Shift+ArrowLeft")
    for keys, text in {
        "ControlOrMeta+b": "one **two**",
        "ControlOrMeta+i": "one ***two***",
        "ControlOrMeta+e": "one ***`two`***",
        "ControlOrMeta+Shift+x": "one ***`~~two~~`***",
    }.items():
        ana.composer.press(keys)
        expect(ana.composer).to_have_value(text)
    ana.composer.press("ControlOrMeta+z")
    expect(ana.composer).to_have_value("one ***`two`***")
    ana.composer.press("Enter")
    expect(body(ana).locator("strong em code")).to_have_text("two")


def test_a_plain_message_is_shown_as_it_was_typed(ana, site, room):
    text = "**a** `b`\n> c https://a.example"
    with Wire(site.ws_url) as wire:
        wire.room = wire.enter("Logger", room)["room"]["slug"]
        wire.send(text, format="plain")
    expect(body(ana)).to_have_text(text)
    expect(body(ana).get_by_role("link")).to_have_text("https://a.example")
    assert body(ana).locator("strong, code, blockquote").count() == 0


def test_paper_has_all_of_the_code_and_the_addresses_of_links(ana):
    ana.say(CODE)
    ana.say("[docs](https://a.example)")
    ana.page.emulate_media(media="print")
    code = ana.page.locator("pre")
    assert code.evaluate("each => each.scrollWidth <= each.clientWidth")
    expect(ana.page.get_by_role("button", name="Copy code")).to_be_hidden()
    after = "each => getComputedStyle(each, '::after').content"
    assert "https://a.example" in body(ana).get_by_role("link").evaluate(after)
