"""All settings, read from the environment and from `.env` beside manage.py.

The README's table documents each variable. With none set, the site runs on a laptop: SQLite and
a generated secret key under `var/`, no other service.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from chatsite.environment import (
    hosts,
    kept_secret,
    keys,
    log_level,
    origin,
    path_from,
    proxies,
    read_file,
    switch,
    time_zone,
)
from chatsite.services import database, layer_prefix, redis

ROOT = Path(__file__).resolve().parent.parent

read_file(ROOT / ".env")

DATA_DIR = path_from(os.environ.get("DATA_DIR", "") or "var", ROOT)

# Security

SECRET_KEY = os.environ.get("SECRET_KEY", "")
DEBUG = switch("DEBUG", os.environ.get("DEBUG", ""), default=not SECRET_KEY)
# Without one of its own a trial has a key too; bin/serve refuses to start then.
SECRET_KEY_IS_SET = bool(SECRET_KEY)
# Former keys, whose sessions go on.
SECRET_KEY_FALLBACKS = keys(os.environ.get("SECRET_KEY_FALLBACKS", ""))
SECRET_KEY = SECRET_KEY or kept_secret(DATA_DIR / "secret-key")

BASE_URL = origin(os.environ.get("BASE_URL", ""))
ALLOWED_HOSTS = hosts(os.environ.get("ALLOWED_HOSTS", ""))
if BASE_URL and not ALLOWED_HOSTS:
    ALLOWED_HOSTS = hosts(urlsplit(BASE_URL).hostname)
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL else []
CSRF_FAILURE_VIEW = "chat.pages.stale.csrf_failure"

HTTPS = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
# A proxy may pass the host on without its port, and Django would redirect to the usual one.
SECURE_SSL_HOST = urlsplit(BASE_URL).netloc if urlsplit(BASE_URL).port else None
SECURE_HSTS_SECONDS = 30 * 24 * 3600 if HTTPS else 0
# Health probes use plain http: they do not pass the proxy that terminates https.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
# HSTS for subdomains and preloading: not the chat's decision, but that of the domain's owner.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
X_FRAME_OPTIONS = "DENY"

# The proxies whose X-Forwarded-For and X-Forwarded-Proto uvicorn trusts.
TRUSTED_PROXIES = proxies(os.environ.get("TRUSTED_PROXIES", "127.0.0.1,::1"))

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
        # No script makes HTML of a text, but for Django's and Swagger UI's: see csp_replace.
        "require-trusted-types-for": ["'script'"],
        # The one policy: where a page fails, fallback.js loads another script.
        "trusted-types": ["plainchat"],
    }
}

# Applications

# Without "daphne", which `runserver` imports (docs/architecture.md): 0.2 to 0.3 s of each start.
INSTALLED_APPS = [
    "chat",
    "channels",
    "csp",
    "ninja",
    "servestatic",
    "chat.apps.ChatAdminConfig",
    "chat.apps.AccountsConfig",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "chatsite.storage.StaticFiles",
]

MIDDLEWARE = [
    # First, so that it sees the cookies that the others set.
    "chat.pages.caching.private_pages",
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    # For pages: with a static file it does nothing but make it 145 bytes larger.
    "csp.middleware.CSPMiddleware",
    "chat.access.sessions.CheckedSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "chat.access.sessions.AuthenticationMiddleware",
    "chat.pages.stale.SignedOutForms",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "chatsite.urls"
ASGI_APPLICATION = "chatsite.asgi.application"
# The module that `manage.py serve` serves with.
SERVER = "chatsite.server.serving"

# The protocol's limit of one frame. daphne's settings for `runserver`; serving.py passes it to
# uvicorn.
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
            "builtins": ["chat.pages.filters"],
        },
    },
]

# Storage

DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""), ROOT, DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = redis(os.environ.get("REDIS_URL", ""))
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": layer_prefix(SECRET_KEY)},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}
}

# The chat

CHAT_RATE_LIMITS = switch("CHAT_RATE_LIMITS", os.environ.get("CHAT_RATE_LIMITS", ""), default=True)

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
# Other languages than English (docs/architecture.md, “Another language”).
LOCALE_PATHS = [ROOT / "locale"]
# For the admin and the log; the chat's page shows each person's local time.
TIME_ZONE = time_zone(os.environ.get("TIME_ZONE", "") or "UTC")
USE_TZ = True

# Static files

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [ROOT / "static"]
# Files whose addresses others have fixed, such as /robots.txt.
SERVESTATIC_ROOT = ROOT / "public"
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

LOG_LEVEL = log_level(os.environ.get("LOG_LEVEL", "") or "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "chatsite.server.logs.Line",
            "fmt": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "filters": {
        "client_fault": {"()": "chatsite.server.logs.ClientFault"},
        "no_outages": {"()": "chatsite.server.logs.NoOutages"},
        "no_sockets": {"()": "chatsite.server.logs.NoSockets"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # Both have handlers of their own, which would print every record twice.
        "django": {"handlers": [], "level": LOG_LEVEL},
        "uvicorn": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django.request": {"filters": ["no_outages"]},
        "django.security.DisallowedHost": {"filters": ["client_fault"]},
        "uvicorn.error": {"filters": ["no_sockets"]},
        "uvicorn.sockets": {"filters": ["no_sockets"], "level": "WARNING"},
        "uvicorn.access": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
        # A traceback a second while Redis is down; chat.hints logs one sentence instead.
        "channels_redis": {"level": "CRITICAL"},
    },
}
