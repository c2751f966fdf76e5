"""Two people in a room, each in a separate browser."""

from playwright.sync_api import expect

from tests.browser.people import Guest, finish_animations

SCRIPT = "<script>window.stolen = 1</script><img src=x onerror='window.stolen = 1'>"


def test_two_people_talk(guest):
    ana, ben = guest("Ana"), guest("Ben")
    expect(ana.page.get_by_text("Ben connected")).to_be_visible()
    ana.say("Hello Ben")
    ben.sees("Hello Ben")
    ben.say("Hello Ana")
    ana.sees("Hello Ana")
    for person in (ana, ben):
        person.sees_in_order("Hello Ben", "Hello Ana")
        expect(person.page.locator(".people")).to_contain_text("2 people here")
    expect(ana.message("Hello Ben")).to_contain_class("own")
    expect(ben.message("Hello Ben")).not_to_contain_class("own")


def test_a_departure_is_shown(guest):
    ana, ben = guest("Ana"), guest("Ben")
    expect(ana.page.get_by_text("Ben connected")).to_be_visible()
    ana.say("Bye Ben")
    ben.page.close()
    expect(ana.page.get_by_text("Ben disconnected")).to_be_visible(timeout=15_000)
    expect(ana.page.locator(".people")).to_contain_text("1 person here")


def test_typing_is_shown_until_the_message_arrives(guest):
    ana, ben = guest("Ana"), guest("Ben")
    ben.composer.press_sequentially("Hel")
    expect(ana.page.get_by_text("Ben is typing")).to_be_visible()
    ben.say("Hello")
    ana.sees("Hello")
    expect(ana.page.get_by_text("Ben is typing")).to_be_hidden()


def test_scripts_in_a_name_and_in_a_message_are_text(guest):
    name = "<img src=x onerror=stolen=1>"
    ana, ben = guest(name), guest("Ben")
    ana.say(SCRIPT)
    ben.sees(SCRIPT)
    expect(ben.page.locator(".message-author")).to_have_text(name)
    expect(ben.page.locator(".person-name")).to_contain_text([name, "Ben"])
    for person in (ana, ben):
        assert person.page.evaluate("window.stolen") is None


def test_addresses_become_links_without_access_to_the_page(guest):
    ana = guest("Ana")
    ana.say("Look at https://example.org/a_(b)?c=1#d, and not at javascript:alert(1)")
    link = ana.messages.get_by_role("link")
    expect(link).to_have_count(1)
    expect(link).to_have_attribute("href", "https://example.org/a_(b)?c=1#d")
    expect(link).to_have_attribute("rel", "noopener nofollow")
    expect(link).to_have_attribute("target", "_blank")


def test_messages_are_grouped_by_author(guest):
    ana, ben = guest("Ana"), guest("Ben")
    for text in ("one", "two"):
        ana.say(text)
        ben.sees(text)
    ben.say("three")
    ana.sees("three")
    expect(ana.message("one")).not_to_contain_class("continued")
    expect(ana.message("two")).to_contain_class("continued")
    expect(ana.message("three")).not_to_contain_class("continued")


def test_line_breaks_are_kept_and_long_words_fit_the_page(guest):
    ana = guest("Ana")
    ana.composer.fill("first line")
    ana.composer.press("Shift+Enter")
    ana.composer.press_sequentially("second line")
    ana.composer.press("Enter")
    ana.sees("first line\nsecond line")
    ana.say("x" * 1000)
    ana.sees("x" * 1000)
    scroller = ana.scroller
    assert scroller.evaluate("box => box.scrollWidth <= box.clientWidth")


def test_emoji_alone_are_large_and_every_script_has_its_direction(guest):
    ana = guest("Ana")
    for text in ("👍🏽", "مرحبا"):
        ana.say(text)
        ana.sees(text)
    expect(ana.message("👍🏽").locator(".message-body")).to_contain_class("large")
    arabic = ana.message("مرحبا").locator(".message-body")
    assert arabic.evaluate("body => getComputedStyle(body).direction") == "rtl"


def test_right_to_left_names_keep_the_order_of_their_line(guest):
    ana, maryam = guest("Ana"), guest("مريم")
    line = ana.page.get_by_text("مريم connected")
    expect(line).to_have_css("direction", "ltr")
    expect(line.locator("bdi")).to_have_text(["مريم"])
    maryam.composer.press_sequentially("م")
    typing = ana.page.get_by_text("مريم is typing")
    expect(typing.locator("bdi")).to_have_text(["مريم"])


def test_stacked_marks_do_not_cover_other_messages(guest):
    ana, ben = guest("Ana"), guest("Ben")
    marked = "Z" + "\u0301\u0316" * 24
    for person, text in ((ana, "above"), (ben, marked), (ana, "below")):
        person.say(text)
        ana.sees(text)
    finish_animations(ana.page)
    others = [ana.message(text) for text in ("above", "below")]
    covered = [each.screenshot() for each in others]
    ana.message(marked).evaluate("message => { message.style.visibility = 'hidden' }")
    assert [each.screenshot() for each in others] == covered


def test_a_taken_name_is_refused_with_a_free_suggestion(guest, site, visit, room):
    guest("Ana")
    other = Guest(visit(site), "ana")
    other.knock(room)
    dialog = other.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Somebody here has that name.")
    expect(dialog.get_by_label("Your name")).to_have_value("ana 2")
    dialog.get_by_role("button", name="Join").click()
    other.is_in()
    other.say("I am another Ana")
    expect(other.page.locator(".message-author")).to_have_text("ana 2")


def test_unread_messages_are_counted_in_the_title(guest, room):
    ana, ben = guest("Ana"), guest("Ben")
    expect(ana.page).to_have_title(f"{room} \N{EN DASH} Chatsite")
    ana.look_away()
    for text in ("one", "two"):
        ben.say(text)
        ana.sees(text)
    expect(ana.page).to_have_title(f"(2) {room} \N{EN DASH} Chatsite")
    expect(ana.page.locator(".new-line")).to_have_count(1)
    ana.look_back()
    expect(ana.page).to_have_title(f"{room} \N{EN DASH} Chatsite")
    expect(ana.page.locator(".new-line")).to_be_visible()


def test_a_message_is_unread_while_another_window_has_the_focus(guest, room):
    ana, ben = guest("Ana"), guest("Ben")
    ana.lose_focus()
    ben.say("unseen")
    ana.sees("unseen")
    expect(ana.page).to_have_title(f"(1) {room} \N{EN DASH} Chatsite")
    expect(ana.page.locator(".new-line")).to_have_count(1)
    ana.get_focus()
    expect(ana.page).to_have_title(f"{room} \N{EN DASH} Chatsite")
    ben.say("seen")
    ana.sees("seen")
    expect(ana.page).to_have_title(f"{room} \N{EN DASH} Chatsite")


def test_a_counter_warns_near_the_limit_and_stops_beyond_it(guest):
    ana = guest("Ana")
    counter = ana.page.locator(".composer-counter")
    ana.composer.fill("x" * 3000)
    expect(counter).to_be_hidden()
    ana.composer.fill("👍" * 3990)
    expect(counter).to_have_text("10 characters left")
    ana.composer.fill("x" * 4001)
    expect(counter).to_have_text("1 character too long")
    ana.composer.press("Enter")
    send = ana.page.get_by_role("button", name="Send")
    expect(send).to_be_disabled()
    expect(send).to_have_accessible_description("1 character too long")
    expect(ana.messages).to_have_count(0)
