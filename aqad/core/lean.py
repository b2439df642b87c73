"""Templates without their indentation: a fifth or more of a page, which nobody sees and every shop's phone would have to fetch."""

from __future__ import annotations

import re

from django.template import Origin
from django.template.loaders import app_directories, filesystem

INDENTATION = re.compile(r"\n\s+")
# Words of these must stand as they are written: what is typed or shown as it is, and sentences that translators were given.
EXACT = re.compile(r"<pre|<textarea|{% blocktrans\w*(?![^%]*trimmed)[^%]*%}[^{]*\n")


class Files(filesystem.Loader):
    """Our own templates."""

    def get_contents(self, origin: Origin) -> str:
        return _lean(super().get_contents(origin), origin)


class AppFiles(app_directories.Loader):
    """Those of Django's admin and other apps."""

    def get_contents(self, origin: Origin) -> str:
        return _lean(super().get_contents(origin), origin)


def _lean(contents: str, origin: Origin) -> str:
    return INDENTATION.sub("\n", contents) if origin.name.endswith(".html") and not EXACT.search(contents) else contents
