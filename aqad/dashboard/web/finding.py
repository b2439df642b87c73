"""Find anything by its reference or by words: a page, and the list that the palette (Ctrl+K) asks for."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from aqad.core import pagination, queries
from aqad.core.text import folded
from aqad.core.views import SIGNED_IN
from aqad.core.web import Page
from aqad.dashboard.finding import Hit, by_reference, by_words
from aqad.dashboard.web.shell import Shell


class FindPage(Page):
    roles = {"*": (SIGNED_IN,)}

    def find(self, request: Request) -> HttpResponse:
        """The one thing that bears the reference at once; else all that answers to the words."""
        words = self._words()
        named = by_reference(words, actor=self.actor)
        if len(named) == 1:
            return self.go(named[0].url)
        found = self._found(words, named) if words else []
        return self.show("dashboard/find.html", words=words, found=found, further=_search_for(words))

    def hits(self, request: Request) -> HttpResponse:
        """The same as a list for the palette; before anything is typed, the pages one can go to."""
        words = self._words()
        found = self._found(words, by_reference(words, actor=self.actor))
        return self.show("dashboard/_hits.html", hits=[*found, _search_for(words)] if words else found)

    def _found(self, words: str, named: list[Hit]) -> list[Hit]:
        return list(dict.fromkeys([*named, *self._pages(words), *by_words(words, actor=self.actor)]))

    def _words(self) -> str:
        pagination.refuse_unknown(self.request.query_params, ("q",), paged=False)
        return queries.read_texts(self.request.query_params, ("q",)).get("q", "")

    def _pages(self, words: str) -> list[Hit]:
        """Places of the navigation and of the page's top whose name holds the words."""
        shell = Shell(self.web)
        return [
            Hit(entry.label, _("Page"), entry.url, entry.icon)
            for entry in [*shell.navigation, *shell.own_pages]
            if folded(words) in folded(str(entry.label))
        ]


def _search_for(words: str) -> Hit:
    url = f"{reverse('catalog:products')}?{urlencode({'search': words})}"
    return Hit(_("Search all products for “%(words)s”") % {"words": words}, "", url, "search")
