"""Static files under names that carry their content's hash."""

from servestatic.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites the relative imports between ES modules to the hashed names."""

    support_js_module_import_aggregation = True
