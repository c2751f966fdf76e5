"""A browser's guest lasts: the next tab is the same person, with what was not sent."""

from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError as Expired
from playwright.sync_api import expect

from tests.browser.people import ADMIN_PASSWORD, Guest


@pytest.fixture
def tab(guest, site, room):
    """Return a function that opens another tab in the browser of a guest."""

    def another_tab(of: Guest, name: str = "") -> Guest:
        return Guest(of.page.context.new_page(), name or of.name)

    return another_tab


def you(guest: Guest):
    return guest.page.locator(".person").filter(has_text="you")


def test_what_was_not_sent_goes_out_when_the_guest_is_back(guest, tab, room, complaints):
    ana, ben = guest("Ana"), guest("Ben")
    ana.say("before")
    ben.sees("before")
    ana.page.context.set_offline(True)
    ana.say("not sent")
    expect(ana.message("not sent")).to_contain_class("pending")
    ana.composer.press_sequentially("not finished")
    context = ana.page.context
    ana.page.close()
    context.set_offline(False)
    again = Guest(context.new_page(), "Ana")
    again.come_in(room)
    for person in (again, ben):
        person.sees_in_order("before", "not sent")
    expect(again.composer).to_have_value("not finished")
    expect(again.message("before")).to_contain_class("own")
    complaints.clear()


FORGET = """
    for (const [key, value] of Object.entries(localStorage)) {
        if (!key.endsWith(" chat:guest")) continue;
        localStorage.setItem(key, JSON.stringify({ ...JSON.parse(value), token: "unknown" }));
    }
"""


def test_a_guest_whom_the_server_forgot_is_replaced_and_loses_no_words(guest, tab, complaints):
    ana, ben = guest("Ana"), guest("Ben")
    ana.page.context.set_offline(True)
    ana.say("may be there")
    ana.say("not sent")
    ana.composer.press_sequentially("not finished")
    # The browser sends what it held back as the page closes. While the page has not given up its
    # connection, it may yet be told that the first one is there, and send the second one.
    expect(ana.page.get_by_role("button", name="Try now")).to_be_visible()
    url, again = ana.page.url, tab(ana)
    ana.page.close()
    again.page.context.set_offline(False)
    again.page.goto("/healthz")
    # As when the database was set up anew.
    again.page.evaluate(FORGET)
    again.page.goto(url)
    again.is_in()
    ben.sees("not sent")
    # The first one was on its way when the network went: only a person can know what to do.
    expect(again.page.locator(".message.failed")).to_contain_text("may be there")
    expect(again.composer).to_have_value("not finished")
    expect(you(again)).to_contain_text("Ana")
    complaints.clear()


def test_a_link_lets_the_guest_of_the_browser_in_without_a_question(guest, tab):
    ana = guest("Ana")
    ana.say("mine")
    ana.sees("mine")
    url, again = ana.page.url, tab(ana)
    ana.page.close()
    again.page.goto(url)
    again.is_in()
    expect(again.message("mine")).to_contain_class("own")
    expect(you(again)).to_contain_text("Ana")


def test_a_second_tab_is_told_why_it_needs_another_name(guest, tab):
    ana = guest("Ana")
    second = tab(ana)
    second.page.goto(ana.page.url)
    dialog = second.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Ana is open in another tab. Choose another name for this one.")
    expect(dialog.get_by_label("Your name")).to_have_value("Ana 2")
    dialog.get_by_role("button", name="Join").click()
    second.is_in()
    second.say("I am another one")
    ana.sees("I am another one")
    expect(ana.message("I am another one")).not_to_contain_class("own")


def test_a_second_tab_that_takes_the_name_all_the_same_is_told_why_not(guest, tab, room):
    ana = guest("Ana")
    second = tab(ana)
    second.knock(room)
    dialog = second.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Ana is open in another tab.")
    expect(dialog.get_by_label("Your name")).to_have_value("Ana 2")


def test_a_copied_tab_is_a_second_person(guest, tab):
    ana = guest("Ana")
    ana.say("mine")
    ana.sees("mine")
    with ana.page.context.expect_page() as opened:
        # A browser copies the storage of a tab for the one that it opens.
        ana.page.evaluate("window.open(location.href, '_blank', 'opener')")
    copy = Guest(opened.value, "Ana")
    expect(copy.page.get_by_role("dialog")).to_contain_text("Ana is open in another tab.")
    copy.answer_name("Mia")
    copy.is_in()
    expect(copy.message("mine")).not_to_contain_class("own")
    ana.page.reload()
    ana.is_in()
    expect(you(ana)).to_contain_text("Ana")


def test_each_tab_s_guest_comes_back_by_name(guest, tab, room):
    ana = guest("Ana")
    ben = tab(ana, "Ben")
    ben.come_in(room)
    ben.say("from Ben")
    ana.sees("from Ben")
    ben.page.close()
    again = tab(ana, "Ben")
    again.come_in(room)
    expect(again.message("from Ben")).to_contain_class("own")


def test_another_name_in_a_new_tab_is_another_person(guest, tab, room):
    ana = guest("Ana")
    ana.say("mine")
    ana.composer.fill("a secret draft")
    ana.sees("mine")
    eva = tab(ana, "Eva")
    ana.page.close()
    eva.come_in(room)
    expect(eva.message("mine")).not_to_contain_class("own")
    expect(eva.composer).to_have_value("")


def test_a_member_s_draft_outlives_the_tab(site, visit, room):
    page = visit(site)
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    admin = Guest(page, "admin")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    admin.start_room("drafts")
    admin.composer.press_sequentially("not finished")
    again = Guest(page.context.new_page(), "admin")
    page.close()
    again.page.goto("/rooms/drafts/")
    again.is_in()
    expect(again.composer).to_have_value("not finished")


def test_what_a_guest_types_goes_along_when_they_sign_in(guest, site):
    ana = guest("Ana")
    ana.composer.press_sequentially("not finished")
    path = ana.page.url.removeprefix(site.url)
    ana.page.goto(f"/accounts/login/?next={path}")
    ana.page.get_by_label("Username").fill("admin")
    ana.page.get_by_label("Password").fill(ADMIN_PASSWORD)
    ana.page.get_by_role("button", name="Sign in").click()
    ana.is_in()
    expect(ana.composer).to_have_value("not finished")


NO_LOCKS = "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })"


@pytest.fixture
def without_locks(site, visit, room):
    """Return a guest in a browser that has no Web Locks, as on plain http."""
    page = visit(site)
    page.add_init_script(NO_LOCKS)
    ana = Guest(page, "Ana")
    ana.come_in(room)
    return ana


def asks_before_closing(guest: Guest) -> bool:
    """Close the tab, stay in it where the browser asks, and return whether it did."""
    asked = []
    guest.page.on("dialog", lambda dialog: asked.append(dialog.type) or dialog.dismiss())
    guest.page.close(run_before_unload=True)
    with suppress(Expired):
        guest.page.wait_for_event("close", timeout=2_000)
    return asked == ["beforeunload"]


def test_one_is_asked_before_a_draft_is_lost_that_cannot_be_kept(without_locks):
    without_locks.composer.press_sequentially("not finished")
    assert asks_before_closing(without_locks)


def test_one_is_asked_before_a_message_is_lost_that_cannot_be_kept(without_locks, complaints):
    without_locks.page.context.set_offline(True)
    without_locks.say("not sent")
    expect(without_locks.message("not sent")).to_contain_class("pending")
    assert asks_before_closing(without_locks)
    complaints.clear()


def test_nobody_is_asked_where_nothing_is_lost(guest, without_locks):
    ana = guest("Eva")
    ana.composer.press_sequentially("kept")
    assert not asks_before_closing(ana)
    without_locks.say("sent")
    without_locks.sees("sent")
    assert not asks_before_closing(without_locks)


def test_without_locks_a_reload_keeps_everything(without_locks):
    without_locks.composer.press_sequentially("not finished")
    without_locks.page.reload()
    without_locks.is_in()
    expect(without_locks.composer).to_have_value("not finished")
    expect(you(without_locks)).to_contain_text("Ana")


def test_without_locks_a_second_tab_is_offered_a_free_name_too(without_locks, tab, room):
    second = tab(without_locks)
    second.page.add_init_script(NO_LOCKS)
    second.page.goto(without_locks.page.url)
    dialog = second.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Ana is open in another tab. Choose another name for this one.")
    expect(dialog.get_by_label("Your name")).to_have_value("Ana 2")
    second.page.goto("/")
    expect(second.page.get_by_label("Your name")).to_have_value("Ana 2")
    expect(second.page.get_by_text("Ana is open in another tab.")).to_be_visible()
    second.knock(room)
    expect(dialog).to_contain_text("Ana is open in another tab.")
    dialog.get_by_role("button", name="Join").click()
    second.is_in()


def test_words_typed_before_the_scripts_run_stay(guest, tab):
    ana = guest("Ana")
    page = ana.page
    page.route("**/room*.js", lambda route: page.wait_for_timeout(700) or route.continue_())
    page.reload(wait_until="commit")
    ana.composer.press_sequentially("early words")
    ana.is_in()
    expect(ana.composer).to_have_value("early words")


def test_words_typed_before_the_scripts_run_stay_beside_a_draft(guest):
    ana = guest("Ana")
    ana.composer.press_sequentially("a draft")
    ana.page.route("**/room*.js", lambda route: ana.page.wait_for_timeout(700) or route.continue_())
    ana.page.reload(wait_until="commit")
    ana.composer.press_sequentially("early words")
    ana.is_in()
    expect(ana.composer).to_have_value("a draft\nearly words")
