"""Static files under names that carry their content's hash."""

from servestatic.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites the imports between ES modules to the hashed names."""

    support_js_module_import_aggregation = True
    keep_intermediate_files = False
    # A module's hash depends on those it imports: each level of imports takes a pass.
    max_post_process_passes = 30
