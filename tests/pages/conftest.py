import pytest

from chatsite.settings import MIDDLEWARE


@pytest.fixture
def static_files(settings) -> None:
    """Serve static files, as the site does; see tests/settings.py."""
    settings.MIDDLEWARE = MIDDLEWARE
