import pytest

from chat.pages.forms import EnterForm


def enter_form(**data) -> EnterForm:
    return EnterForm({"name": "Ana", "room": "lobby"} | data, is_member=False, may_create=True)


@pytest.mark.parametrize(
    ("typed", "slug"),
    [("Chess Club", "chess-club"), ("  LOBBY ", "lobby"), ("Șah", "șah"), ("بيت", "بيت")],
)
def test_a_room_may_be_typed_in_any_script(typed, slug):
    form = enter_form(room=typed)
    assert form.is_valid()
    assert form.cleaned_data["room"] == slug


def test_a_name_is_cleaned():
    form = enter_form(name=" Ana  Maria ")
    assert form.is_valid()
    assert form.cleaned_data["name"] == "Ana Maria"


@pytest.mark.parametrize("name", ["", "   ", "x" * 33, "a\u200bb", "a\u202eb", "a\x00b"])
def test_an_unavailable_name_is_refused_with_a_sentence(name):
    [error] = enter_form(name=name).errors["name"]
    assert error.endswith(".")


@pytest.mark.parametrize("room", ["", "   ", "!!!", "🎉"])
def test_a_room_without_letters_is_refused_with_a_sentence(room):
    [error] = enter_form(room=room).errors["room"]
    assert error.endswith(".")


def test_a_member_is_not_asked_for_a_name():
    form = EnterForm({"room": "lobby"}, is_member=True, may_create=True)
    assert "name" not in form.fields
    assert form.is_valid()
