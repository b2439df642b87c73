"""Django's `i18n` tags, as `{% load i18n %}` finds them here, with what they say remembered for each language.

A page says a hundred words that are the same for everybody. Django looks each of them up again each time, in several catalogues, and takes
blocks apart again before it does. What depends on anything but the language is left to Django's own nodes.
"""

from __future__ import annotations

from typing import Any

from django.template import Library
from django.template.base import Node, Parser, Token, Variable, render_value_in_context
from django.template.context import Context
from django.templatetags import i18n
from django.templatetags.i18n import TranslateNode
from django.utils.translation import get_language, gettext, ngettext

register = Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class Said(Node):
    """A constant that was translated before."""

    child_nodelists = ()

    def __init__(self, node: TranslateNode) -> None:
        self.node = node
        self.known: dict[str | None, str] = {}

    def render(self, context: Context) -> Any:
        language = get_language()
        if language not in self.known:
            self.known[language] = self.node.render(context)
        return self.known[language]


class SaidOf(Node):
    """A sentence with values in it, taken apart once, and translated before unless it counts something."""

    child_nodelists: tuple[str, ...] = ()

    def __init__(self, node: Any) -> None:  # a BlockTranslateNode
        self.node = node
        self.words, names = node.render_token_list(node.singular)
        self.of_several, more_names = node.render_token_list(node.plural) if node.plural else ("", [])
        self.names = list(dict.fromkeys([*names, *more_names]))
        self.known: dict[str | None, str] = {}

    def render(self, context: Context) -> Any:
        values = {name: value.resolve(context) for name, value in self.node.extra_context.items()}
        try:
            words = self._words_for(context, values) if self.of_several else self._words()
            return words % {
                name: render_value_in_context(values[name] if name in values else context[name], context) for name in self.names
            }
        except (KeyError, TypeError, ValueError):  # a value that is missing or no number, a translation that asks for another
            return self.node.render(context)

    def _words(self) -> str:
        language = get_language()
        if language not in self.known:
            self.known[language] = gettext(self.words)
        return self.known[language]

    def _words_for(self, context: Context, values: dict[str, Any]) -> str:
        count = values[self.node.countervar] = self.node.counter.resolve(context)
        return ngettext(self.words, self.of_several, count)


def translate(parser: Parser, token: Token) -> Node:
    node = i18n.do_translate(parser, token)
    expression = getattr(node, "filter_expression", None)
    if expression is None or node.asvar or node.message_context or expression.filters:
        return node
    return Said(node) if isinstance(expression.var, Variable) and expression.var.literal is not None else node


def blocktranslate(parser: Parser, token: Token) -> Node:
    node = i18n.do_block_translate(parser, token)
    return node if node.asvar or node.message_context else SaidOf(node)


for name in ("translate", "trans"):
    register.tag(name, translate)
for name in ("blocktranslate", "blocktrans"):
    register.tag(name, blocktranslate)
