"""Which static files there are, and their names, which carry their content's hash."""

from django.contrib.staticfiles.apps import StaticFilesConfig
from servestatic.storage import CompressedManifestStaticFilesStorage


class StaticFiles(StaticFilesConfig):
    """Leaves out what the page of the API (chat/api/docs/) does not need of django-ninja's."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("redoc.*", "swagger-ui-bundle.js.map", "swagger-ui-init.js"),
    ]


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites the imports between the chat's ES modules to the hashed names.

    Libraries come whole; looking through one of a megabyte takes seconds at every start.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = (
        "chat/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
    keep_intermediate_files = False
    # A module's hash depends on those it imports: each level of imports takes a pass.
    max_post_process_passes = 30
