"""All settings, read from the environment and from `.env` beside manage.py.

The README's table documents each variable. With none set, the site runs on a laptop: SQLite and
a secret key of its own under `var/`, no other service.
"""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env

ROOT = Path(__file__).resolve().parent.parent

env = Env()
if (ROOT / ".env").exists():
    env.read_env(ROOT / ".env")

VAR = Path(env.str("DATA_DIR", default="") or ROOT / "var")


def kept_secret(path: Path) -> str:
    """Return the secret kept in `path`, making one that only this user can read when missing.

    Processes that start together agree on one key: a link appears whole or not at all, once.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


# Security

# Not through env(), which takes a leading "$" for the name of another variable.
SECRET_KEY = os.environ.get("SECRET_KEY", "")
DEBUG = env.bool("DEBUG", default=not SECRET_KEY)
if DEBUG and not SECRET_KEY:
    SECRET_KEY = kept_secret(VAR / "secret-key")

BASE_URL = env.str("BASE_URL", default="").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
if BASE_URL and not ALLOWED_HOSTS:
    ALLOWED_HOSTS = [urlsplit(BASE_URL).hostname or ""]
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL else []

HTTPS = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 30 * 24 * 3600 if HTTPS else 0
# Probes come over plain http, past the proxy that speaks https.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
# Whether the other names of its domain speak https is not the chat's to declare.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
X_FRAME_OPTIONS = "DENY"

# Whose X-Forwarded-For and X-Forwarded-Proto uvicorn believes.
TRUSTED_PROXIES = env.str("TRUSTED_PROXIES", default="127.0.0.1,::1")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}

# Applications

INSTALLED_APPS = [
    "chat",
    "daphne",
    "channels",
    "csp",
    "servestatic",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "chatsite.urls"
ASGI_APPLICATION = "chatsite.asgi.application"

# The protocol's limit of one frame, for `runserver`; bin/serve gives it to uvicorn.
MAX_FRAME_BYTES = 64 * 1024
DAPHNE_WEBSOCKET_MAX_FRAME_SIZE = DAPHNE_WEBSOCKET_MAX_MESSAGE_SIZE = MAX_FRAME_BYTES

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Storage

SQLITE_OPTIONS = {
    # A transaction that reads first and writes later fails as locked unless it locks at once.
    "transaction_mode": "IMMEDIATE",
    "timeout": 5,
    # FULL: what was acknowledged survives a power cut.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}
POSTGRESQL_OPTIONS = {
    "connect_timeout": 5,
    "options": "-c synchronous_commit=on -c lock_timeout=5000 -c statement_timeout=30000",
}


def database(url: str) -> dict:
    """Return Django's configuration of the database at `url`, as durable as the log needs it."""
    config = env.db_url_config(url)
    if config.get("ENGINE") == "django.db.backends.sqlite3":
        Path(config["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        # In a file, so that the threads of a test share it; one for each run of the tests.
        test = {"NAME": VAR / f"test-{os.getpid()}.sqlite3"}
        return config | {"OPTIONS": SQLITE_OPTIONS, "TEST": test}
    if config.get("ENGINE") == "django.db.backends.postgresql":
        return config | {"OPTIONS": POSTGRESQL_OPTIONS | config.get("OPTIONS", {})}
    raise ImproperlyConfigured("DATABASE_URL must start with sqlite:/// or postgres://")


DATABASES = {"default": database(env.str("DATABASE_URL", "") or f"sqlite:///{VAR}/chat.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "chatsite"},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}
}

# The chat

# Only a clear no switches them off: a slip of the pen must not.
CHAT_RATE_LIMITS = env.str("CHAT_RATE_LIMITS", default="on").lower() not in (
    "off",
    "false",
    "no",
    "0",
)

# People

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# Static files

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "static"]
SERVESTATIC_AUTOREFRESH = SERVESTATIC_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "chatsite.storage.HashedStaticFiles"
    },
}

# Logging: one line a record, on standard error

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # Both come with handlers of their own, which would print every record twice.
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL},
        "uvicorn": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "uvicorn.access": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
    },
}
