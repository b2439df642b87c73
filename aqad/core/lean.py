"""Templates without their indentation: a fifth or more of a page, which nobody sees and every shop's phone would have to fetch."""

from __future__ import annotations

import re

from django.template.loaders import app_directories, filesystem

INDENTATION = re.compile(r"\n\s+")
# Words of these must stand as they are written: what is typed or shown as it is, and sentences that translators were given.
EXACT = re.compile(r"<pre|<textarea|{% blocktrans\w*(?![^%]*trimmed)[^%]*%}[^{]*\n")


class _Lean:
    def get_contents(self, origin: object) -> str:
        contents: str = super().get_contents(origin)  # type: ignore[misc]
        is_page = str(origin).endswith(".html")
        return INDENTATION.sub("\n", contents) if is_page and not EXACT.search(contents) else contents


class Files(_Lean, filesystem.Loader):
    """Our own templates."""


class AppFiles(_Lean, app_directories.Loader):
    """Those of Django's admin and other apps."""
