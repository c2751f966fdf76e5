"""A page names what it cannot be painted without in its headers."""

import re

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/rooms/lobby/"])
def test_a_page_names_its_style_sheet_in_its_headers(client, path):
    response = client.get(path)
    [sheet] = re.findall(r'<link rel="stylesheet" href="([^"]+)">', response.content.decode())
    assert response["Link"] == f"<{sheet}>; rel=preload; as=style"
