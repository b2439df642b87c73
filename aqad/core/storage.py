"""Where files live. Static files carry their content's hash in their names once they have been collected."""

from __future__ import annotations

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed after `collectstatic`; before it (tests, a bare checkout) the plain names."""

    manifest_strict = False

    def url(self, name: str | None, force: bool = False) -> str:
        if settings.DEBUG or not self.hashed_files:
            return str(super(CompressedManifestStaticFilesStorage, self).base_url) + str(name)
        return super().url(name, force)
