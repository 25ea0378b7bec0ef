"""Storage for static files under hashed names, which browsers may cache for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORTS = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]  # pyright: ignore[reportAttributeAccessIssue]  # a private name of Django


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Replaces the names in imports of this project's modules too.

    Not in every script: in minified ones Django's pattern matches text that is not an import.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        *((modules, IMPORTS) for modules in ("web/book/*.js", "staff/calendar/*.js")),
    )
