"""Names in sentences: nobody says by their name what others did."""

import pytest

from chat.rules.sentences import in_a_sentence


@pytest.mark.parametrize(
    "name", ["Ana has left. Ben", "He LEFT Ben", "Ana disconnected Ben", "Ana。Ben", "Bye, all"]
)
def test_a_name_that_reads_like_a_sentence_is_quoted(name):
    assert in_a_sentence(name) == f"“{name}”"


@pytest.mark.parametrize("name", ["Ana", "Ben B.", "Mary-Ann O'Neil", "R2", "Lefty", "Ana “A” Bo"])
def test_other_names_stay_as_they_are(name):
    assert in_a_sentence(name) == name


def test_nobody_ends_the_quotation_in_their_name():
    assert in_a_sentence('Ana” left. "Ben') == "“Ana\u2019 left. 'Ben”"
