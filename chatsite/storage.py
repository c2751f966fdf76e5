"""Which static files there are, and their names, which carry their content's hash."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from servestatic.storage import CompressedManifestStaticFilesStorage

from chat.clientlibrary.linker import link_page


class StaticFiles(StaticFilesConfig):
    """Leaves out what the page of the API (chat/api/docs/) does not need of django-ninja's."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("redoc.*", "swagger-ui-bundle.js.map", "swagger-ui-init.js"),
    ]


# The modules that pages load; each imports all that its page needs.
PAGES = ("chat/js/room.js", "chat/js/front.js", "chat/js/sheet.js", "chat/js/api.js")


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Makes one file of all the modules that a page needs.

    The room's are 80, eleven deep: where an answer takes 100 ms, fetching them one after the other
    took 2.6 s. While one works on them (`DEBUG`) a browser gets them as they are.
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
    """Whether a static file is a module of the chat's own."""
    return name.startswith("chat/") and name.endswith(".js")
