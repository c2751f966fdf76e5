"""The static files: which there are, and their names, which have the content's hash in them."""

import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.core.files.base import ContentFile
from servestatic.compress import Compressor
from servestatic.storage import CompressedManifestStaticFilesStorage

from chat.clientlibrary.linker import link_later, link_page


class StaticFiles(StaticFilesConfig):
    """Leaves out what the page of the API (chat/api/docs/) does not need of django-ninja."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("redoc.*", "swagger-ui-bundle.js.map", "swagger-ui-init.js"),
    ]


# The modules that pages load; each imports all that its page needs.
PAGES = tuple(
    f"chat/page/{page}.js"
    for page in ("room", "ended", "front", "invitation", "invitationended", "sheet", "api")
)
# The modules that a page loads when they are needed, from beside its script.
LATER = {"chat/page/room.js": ("chat/page/later.js", "chat/page/application.js")}
# What runs where or before they do, and is no module.
CLASSIC = tuple(f"chat/page/{name}.js" for name in ("fallback", "early", "plainchat", "admin"))
# The style sheets that pages load; each imports all that its page needs.
SHEETS = tuple(f"chat/css/pages/{page}.css" for page in ("room", "rooms", "front", "sheet", "api"))

# An import of another style sheet, for a medium perhaps.
IMPORT = re.compile(r'^@import "([^"]+)"( \w+)?;\n', re.MULTILINE)
TEXT_OR_COMMENT = re.compile(r'("[^"\n]*")|/\*.*?\*/\s*', re.DOTALL)


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Links all the modules that a page needs into one file, and all its style sheets into another;
    what a page needs later is a file more (LATER).

    The room has some 90 modules, in eight rounds of requests: with 100 ms to the server, loading
    them took 2.6 s when they were 77. With `DEBUG` a browser gets them as they are.
    """

    keep_intermediate_files = False

    def post_process(self, paths, dry_run=False, **options):
        if not dry_run:
            paths = {name: found for name, found in paths.items() if not is_module(name)}
            static = settings.ROOT / "static"
            files = link_scripts(static) | {name: link_sheet(static / name) for name in SHEETS}
            for name, content in self.name_pages(files).items():
                # It may be a link to the file itself (`collectstatic --link`).
                Path(self.path(name)).unlink(missing_ok=True)
                Path(self.path(name)).write_text(content)
                paths[name] = self, name
        yield from super().post_process(paths, dry_run, **options)

    def create_compressor(self, **options) -> Compressor:
        return ThoroughCompressor(Path(self.path("chat")), **options)

    def name_pages(self, files: dict[str, str]) -> dict[str, str]:
        """Return the files with the pages' names as they will be, where they are imported."""
        for page, modules in LATER.items():
            name = Path(self.hashed_name(page, ContentFile(files[page].encode()))).name
            for later in modules:
                code = files[later].replace(f'"./{Path(page).name}"', f'"./{name}"')
                files = files | {later: code}
        return files


class ThoroughCompressor(Compressor):
    """Makes the chat's own files as small as it can, as people wait for them: with brotli too, and
    without spaces. For all others that would take 20 s.
    """

    def __init__(self, own: Path, **options):
        super().__init__(**options | {"use_brotli": False})
        self._own = own
        self._thorough = Compressor(**options | {"use_brotli": True, "minify": True})

    def compress(self, path) -> list[str]:
        if self._own in Path(path).parents:
            return self._thorough.compress(path)
        return super().compress(path)


def link_scripts(static: Path) -> dict[str, str]:
    """Return the linked scripts of the pages, by their names."""
    pages = {page: link_page(static, page, LATER.get(page, ())) for page in PAGES}
    return pages | {
        later: link_later(static, page, later)
        for page, modules in LATER.items()
        for later in modules
    }


def is_module(name: str) -> bool:
    """Return whether a static file is a module of the chat's own."""
    return name.startswith("chat/") and name.endswith(".js") and name not in CLASSIC


def link_sheet(path: Path) -> str:
    """Return a style sheet with those that it imports in their places, and without comments."""

    def imported(found: re.Match) -> str:
        content = link_sheet(path.parent / found[1])
        return f"@media{found[2]} {{\n{content}}}\n" if found[2] else content

    without_comments = TEXT_OR_COMMENT.sub(lambda found: found[1] or "", path.read_text())
    return IMPORT.sub(imported, without_comments)
