"""The static files: which there are, and their names, which have the content's hash in them."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from servestatic.storage import CompressedManifestStaticFilesStorage

from chat.clientlibrary.linker import link_page


class StaticFiles(StaticFilesConfig):
    """Leaves out what the page of the API (chat/api/docs/) does not need of django-ninja."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("redoc.*", "swagger-ui-bundle.js.map", "swagger-ui-init.js"),
    ]


# The modules that pages load; each imports all that its page needs.
PAGES = ("chat/page/room.js", "chat/page/front.js", "chat/page/sheet.js", "chat/page/api.js")
# What runs where or before they do, and is no module.
CLASSIC = ("chat/page/fallback.js", "chat/page/plainchat.js", "chat/page/admin.js")


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Links all the modules that a page needs into one file.

    The room has some 90, in eight rounds of requests: with 100 ms to the server, loading them took
    2.6 s when they were 77. With `DEBUG` a browser gets them as they are.
    """

    keep_intermediate_files = False

    def post_process(self, paths, dry_run=False, **options):
        if not dry_run:
            paths = {name: found for name, found in paths.items() if not is_module(name)}
            for page in PAGES:
                # It may be a link to the module itself (`collectstatic --link`).
                Path(self.path(page)).unlink(missing_ok=True)
                Path(self.path(page)).write_text(link_page(settings.ROOT / "static", page))
                paths[page] = self, page
        yield from super().post_process(paths, dry_run, **options)


def is_module(name: str) -> bool:
    """Return whether a static file is a module of the chat's own."""
    return name.startswith("chat/") and name.endswith(".js") and name not in CLASSIC
