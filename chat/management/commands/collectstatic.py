import hashlib
import json
import os
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.management.commands.collectstatic import Command as Collectstatic
from django.core.files.storage import Storage, storages

# What makes files of files: where it changes, the same files have to be collected again.
MAKERS = ("chatsite/storage.py", "chat/clientlibrary")
PACKAGES = ("Django", "servestatic", "brotli", "rcssmin", "rjsmin")


class Command(Collectstatic):
    """Collect beside a running server: it never meets a file that is half written, or none.

    The files are collected in a folder of their own and then moved, each at once, the manifest
    last. Those of former versions stay: pages that are open go on using them.
    """

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "--if-changed", action="store_true", help="Do nothing where no source has changed."
        )

    def handle(self, *, if_changed: bool, **options):
        root = Path(settings.STATIC_ROOT)
        # Beside the folder, whose files everybody can read.
        stamp = root.with_name(f"{root.name}.collected")
        sources = digest_of_sources()
        if if_changed and root.exists() and stamp.exists() and stamp.read_text() == sources:
            return None
        root.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="static.", dir=root.parent) as draft:
            self.storage = storage_in(draft)
            summary = super().handle(**options)
            if not options["dry_run"]:
                publish(Path(draft), root, getattr(self.storage, "manifest_name", ""))
                stamp.write_text(sources)
        return summary


def storage_in(folder: str) -> Storage:
    """Return a storage like the site's that keeps its files in `folder`."""
    config = settings.STORAGES["staticfiles"]
    location = {"location": folder}
    return storages.create_storage(config | {"OPTIONS": config.get("OPTIONS", {}) | location})


def publish(draft: Path, root: Path, manifest: str) -> None:
    """Move the collected files to `root`, each in place of the former one, the manifest last."""
    for path in sorted(draft.rglob("*"), key=lambda path: path == draft / manifest):
        target = root / path.relative_to(draft)
        if path.is_dir():
            target.mkdir(exist_ok=True)
        else:
            if path == draft / manifest:
                add_stats(path, root)
            move(path, target)


def move(path: Path, target: Path) -> None:
    """Move a file; an error names the folder that cannot be written in."""
    try:
        os.replace(path, target)
    except PermissionError as error:
        raise PermissionError(error.errno, error.strerror, str(target.parent)) from error


def add_stats(manifest: Path, root: Path) -> None:
    """Write into the manifest what servestatic reads there: the size and age of every file."""
    content = json.loads(manifest.read_text())
    if "stats" in content:
        content["stats"] = {name: os.stat(root / name) for name in files_in(root, manifest.name)}
        manifest.write_text(json.dumps(content))


def files_in(root: Path, but: str) -> Iterator[str]:
    """Return the names of all files in a folder, except one."""
    paths = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return (str(path) for path in paths if str(path) != but)


def digest_of_sources() -> str:
    """Return a digest of the files to collect (name, size, age) and of what processes them."""
    files = {path for finder in get_finders() for path in sources_of(finder)}
    for maker in MAKERS:
        files |= {settings.ROOT / maker, *(settings.ROOT / maker).glob("*.py")}
    known = [settings.STORAGES["staticfiles"]["BACKEND"], *map(version, PACKAGES)]
    known += [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in sorted(files)]
    return hashlib.sha256("\n".join(known).encode("utf-8", "surrogateescape")).hexdigest()


def sources_of(finder) -> Iterator[Path]:
    return (Path(storage.path(path)) for path, storage in finder.list(()))
