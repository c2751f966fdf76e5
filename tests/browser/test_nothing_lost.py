"""Nothing that somebody types is lost on the way into a room, whatever happens meanwhile."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Guest

NAME = "Your name"


def delay_script(page: Page, ms: int = 700) -> None:
    """Delay the room's script, as on a slow line."""
    page.route("**/room*.js", lambda route: page.wait_for_timeout(ms) or route.continue_())


@pytest.fixture
def link(guest) -> str:
    """The address of a room that is there."""
    return guest("Ana").page.url


@pytest.fixture
def newcomer(site, visit) -> Guest:
    """Somebody whom the site does not know yet."""
    return Guest(visit(site), "Ben")


def test_words_typed_before_one_is_asked_for_a_name_stay(newcomer, link):
    delay_script(newcomer.page)
    newcomer.page.goto(link, wait_until="commit")
    newcomer.composer.press_sequentially("early words")
    newcomer.answer_name("Ben")
    newcomer.is_in()
    expect(newcomer.composer).to_have_value("early words")


def test_early_words_survive_a_reload_while_a_name_is_asked(newcomer, link):
    delay_script(newcomer.page)
    newcomer.page.goto(link, wait_until="commit")
    newcomer.composer.press_sequentially("early words")
    expect(newcomer.page.get_by_role("dialog")).to_be_visible()
    newcomer.page.reload()
    newcomer.answer_name("Ben")
    newcomer.is_in()
    expect(newcomer.composer).to_have_value("early words")
    newcomer.composer.press("Enter")
    newcomer.sees("early words")
    newcomer.page.reload()
    newcomer.is_in()
    expect(newcomer.composer).to_have_value("")


def test_words_typed_before_the_scripts_run_survive_a_reload(newcomer, link):
    newcomer.page.route("**/room*.js", lambda route: None)
    newcomer.page.goto(link, wait_until="commit")
    newcomer.composer.wait_for()
    kept = "() => Object.keys(sessionStorage).some((key) => key.startsWith('chat:early'))"
    newcomer.page.wait_for_function(kept)
    newcomer.composer.press_sequentially("early words")
    newcomer.page.reload(wait_until="commit")
    newcomer.page.wait_for_function(kept)
    expect(newcomer.composer).to_have_value("early words")
    newcomer.composer.press("End")
    newcomer.composer.press_sequentially(", and more")
    newcomer.page.unroute("**/room*.js")
    newcomer.page.reload()
    newcomer.answer_name("Ben")
    newcomer.is_in()
    expect(newcomer.composer).to_have_value("early words, and more")


def test_one_is_asked_before_early_words_are_lost(newcomer, link):
    delay_script(newcomer.page)
    newcomer.page.goto(link, wait_until="commit")
    newcomer.composer.press_sequentially("early words")
    expect(newcomer.page.get_by_role("dialog")).to_be_visible()
    with newcomer.page.expect_event("dialog") as asked:
        newcomer.page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()


def test_a_name_that_is_being_typed_survives_a_reload(newcomer, link):
    newcomer.page.goto(link)
    field = newcomer.page.get_by_role("dialog").get_by_label(NAME)
    field.press_sequentially("Benedikta")
    newcomer.page.reload()
    expect(field).to_have_value("Benedikta")
    newcomer.page.get_by_role("link", name="All rooms").last.click()
    expect(newcomer.page.get_by_label(NAME)).to_have_value("Benedikta")
    newcomer.page.go_back()
    newcomer.page.get_by_role("button", name="Join").click()
    newcomer.is_in()
    expect(newcomer.page.locator(".people")).to_contain_text("Benedikta")


def test_what_is_typed_on_the_first_page_survives_a_reload_and_a_detour(newcomer):
    page = newcomer.page
    page.goto("/")
    page.get_by_label(NAME).fill("Benedikta")
    page.get_by_label("Room", exact=True).fill("Chess Cl")
    page.reload()
    page.get_by_role("link", name="Sign in", exact=True).click()
    expect(page.get_by_label("Username")).to_be_visible()
    page.go_back()
    expect(page.get_by_label(NAME)).to_have_value("Benedikta")
    expect(page.get_by_label("Room", exact=True)).to_have_value("Chess Cl")


def test_a_name_that_was_used_is_no_longer_being_typed(newcomer, link):
    newcomer.page.goto("/")
    newcomer.page.get_by_label(NAME).fill("Benedikta")
    newcomer.page.goto(link)
    newcomer.answer_name("Ben")
    newcomer.is_in()
    newcomer.page.goto("/")
    expect(newcomer.page.get_by_label(NAME)).to_have_value("Ben")


@pytest.mark.parametrize("name", ["* hello", "Ana: hi", "x\u200by"])
def test_a_refused_name_stays_in_its_field(newcomer, link, name):
    newcomer.page.goto(link)
    newcomer.answer_name(name)
    field = newcomer.page.get_by_role("dialog").get_by_label(NAME)
    expect(newcomer.page.locator("#entry-error")).to_be_visible()
    expect(field).to_have_value(name)
    expect(newcomer.page.locator(".connection")).not_to_have_attribute("data-state", "stopped")
    newcomer.page.reload()
    expect(field).to_have_value(name)


def test_escape_lets_nobody_in_without_a_name(newcomer, link):
    newcomer.page.goto(link)
    dialog = newcomer.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    for name in ("", "Ben"):
        dialog.get_by_label(NAME).fill(name)
        for _ in range(4):
            newcomer.page.keyboard.press("Escape")
        expect(dialog).to_be_visible()
    # As the button to go back of a phone does it.
    newcomer.page.evaluate("document.querySelector('dialog').close()")
    expect(dialog).to_be_visible()
    expect(newcomer.page.get_by_text("You joined")).to_have_count(0)
    dialog.get_by_label(NAME).press("Enter")
    newcomer.is_in()
    expect(newcomer.page.locator(".people")).to_contain_text("Ben")


def test_words_survive_a_restart_of_the_server(visit, serve, room, complaints):
    server = serve(CHAT_RATE_LIMITS="off")
    ana = Guest(visit(server), "Ana")
    ana.come_in(room)
    server.kill()
    expect(ana.banner).to_be_visible()
    ana.say("not sent")
    ana.composer.press_sequentially("not finished")
    server.start()
    ana.sees("not sent")
    ana.page.reload()
    ana.is_in()
    ana.sees_in_order("not sent")
    expect(ana.composer).to_have_value("not finished")
    # A browser logs an error for each request without a response.
    complaints.clear()
