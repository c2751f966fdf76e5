"""The site's settings as the tests want them, whatever the environment and `.env` say."""

import os

os.environ.update(
    SECRET_KEY="a-key-for-the-tests-alone-" * 2,
    SECRET_KEY_FALLBACKS="",
    DEBUG="on",
    ALLOWED_HOSTS="",
    DATABASE_URL="",
    REDIS_URL="",
    BASE_URL="",
    DATA_DIR="",
    CHAT_RATE_LIMITS="on",
    LOG_LEVEL="INFO",
    TIME_ZONE="",
)

from chatsite.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# It looks through all static files for each client of a test; those of the files start a server.
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("servestatic.")]  # noqa: F405
