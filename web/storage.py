"""Static files under names that tell what they hold."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORTS = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Names in our modules, too, the files that they import. Of others' scripts Django would read what is no import."""

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        *((modules, IMPORTS) for modules in ("web/book/*.js", "staff/calendar/*.js")),
    )
