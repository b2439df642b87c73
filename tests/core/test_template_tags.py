"""Our own tags and filters, and Django's that remember: they say what Django's say, in each language, for each value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Engine, RequestContext, Template, engines
from django.template.exceptions import TemplateSyntaxError
from django.test import RequestFactory
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse, set_script_prefix
from django.utils import translation
from django.utils.translation import trans_real

from aqad.core import clock, lean
from aqad.core.templatetags.quick_url import MARKS

# Django's own tags, by another engine that knows nothing of ours.
PLAIN = Engine(libraries={"i18n": "django.templatetags.i18n"})
BLOCKS = [
    "{% translate 'Close' %}",
    "{% translate '100%% of “it” & more' %}",
    "{% translate name %}",
    "{% translate 'Close' as word %}[{{ word }}]",
    "{% translate 'May' context 'month' %}",
    "{% blocktranslate %}50% off{% endblocktranslate %}",
    "{% blocktranslate with who=name %}Of {{ who }}{% endblocktranslate %}",
    "{% blocktranslate %}Of {{ name }}{% endblocktranslate %}",
    "{% blocktranslate %}Of {{ missing }}.{% endblocktranslate %}",
    "{% blocktranslate count n=one %}{{ n }} carton{% plural %}{{ n }} cartons of {{ name }}{% endblocktranslate %}",
    "{% blocktranslate count n=many %}{{ n }} carton{% plural %}{{ n }} cartons of {{ name }}{% endblocktranslate %}",
    "{% blocktranslate trimmed %}\n   On\n   two lines\n{% endblocktranslate %}",
    "{% blocktranslate asvar kept %}Kept{% endblocktranslate %}[{{ kept }}]",
    "{% autoescape off %}{% blocktranslate %}Of {{ name }}{% endblocktranslate %}{% endautoescape %}",
]


@pytest.mark.parametrize("block", BLOCKS)
def test_words_are_as_django_says_them_the_first_time_and_after(block: str) -> None:
    values = {"name": "<b>Ahmed & Sons</b>", "one": 1, "many": 1200}
    ours, plain = Template("{% load i18n %}" + block), PLAIN.from_string("{% load i18n %}" + block)

    for language in ("en", "ar", "en"):
        with translation.override(language):
            said = plain.render(Context(values))
            assert [ours.render(Context(values)), ours.render(Context(values))] == [said, said]


def test_each_language_has_its_own_words(arabic: None) -> None:
    close = Template("{% load i18n %}{% translate 'Close' %}")
    of = Template("{% load i18n %}{% blocktranslate %}Of {{ n }}{% endblocktranslate %}")

    said = []
    for language in ("en", "ar", "en", "ar"):
        with translation.override(language):
            said.append((close.render(Context()), of.render(Context({"n": 5}))))

    assert said == [("Close", "Of 5"), ("إغلاق", "من 5")] * 2


def test_what_counts_no_number_is_refused_as_by_django() -> None:
    counted = Template("{% load i18n %}{% blocktranslate count n=name %}one{% plural %}more{% endblocktranslate %}")

    with pytest.raises(TemplateSyntaxError):
        counted.render(Context({"name": "many"}))


def test_every_address_of_ours_is_found_as_django_finds_it() -> None:
    found = 0
    for name, converters in _named(get_resolver()):
        if (
            name.startswith("admin:")
            or len(converters) > len(MARKS)
            or not set(converters) <= {"StringConverter", "SlugConverter", "IntConverter"}
        ):
            continue
        values = ["7" if converter == "IntConverter" else f"ORD10{place}" for place, converter in enumerate(converters)]
        context = {f"v{place}": value for place, value in enumerate(values)}
        template = Template("{% url '" + name + "' " + " ".join(context) + " %}")
        assert [template.render(Context(context)) for _ in range(2)] == [reverse(name, args=values)] * 2, name
        found += 1
    assert found > 60


def test_an_address_with_what_must_be_written_otherwise_is_left_to_django() -> None:
    template = Template("{% url 'orders:order' reference %}")

    assert template.render(Context({"reference": "a b&c"})) == "/orders/a%20b&amp;c"
    assert template.render(Context({"reference": "ORD1001"})) == "/orders/ORD1001"
    with pytest.raises(NoReverseMatch):
        template.render(Context({"reference": ""}))


def test_an_address_is_found_anew_where_the_site_lies_elsewhere() -> None:
    template = Template("{% url 'orders:order' 'ORD1001' %}")
    assert template.render(RequestContext(RequestFactory().get("/"))) == "/orders/ORD1001"

    set_script_prefix("/shop/")
    try:
        assert template.render(Context()) == "/shop/orders/ORD1001"
    finally:
        set_script_prefix("/")
    assert template.render(Context()) == "/orders/ORD1001"


def test_a_moment_is_said_in_the_uaes_time_and_exactly_for_machines() -> None:
    said = _filtered("{{ at|moment }} {{ at|moment:'H:i' }} {{ none|moment }}", at=datetime(2026, 11, 22, 10, 30, 5, tzinfo=UTC), none=None)

    exact = '<time datetime="2026-11-22T14:30:05+04:00">'
    assert said == f"{exact}22 Nov 2026, 14:30</time> {exact}14:30</time> "


def test_numbers_are_grouped_by_thousands() -> None:
    assert _filtered("{{ a|grouped }} {{ b|grouped }} {{ c|grouped }}.", a=12948, b=7, c=None) == "12,948 7 ."
    assert _filtered("{{ a|aed }}", a="5040") == '<bdi class="money">AED&nbsp;5,040.00</bdi>'


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=61), "1\xa0hour"),
        (timedelta(days=6, hours=23), "6\xa0days"),
        (timedelta(weeks=3, days=6), "3\xa0weeks"),
        (timedelta(days=400), "1\xa0year"),
    ],
)
def test_how_long_ago_is_said_in_the_largest_unit(gone: timedelta, said: str) -> None:
    for _again in range(2):
        assert _filtered("{{ at|age }}", at=clock.now() - gone) == said


def test_indentation_is_left_out_but_not_where_text_stands_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "list.html").write_text("<ul>\n    <li>\n        One two\n    </li>\n</ul>\n")
    (tmp_path / "letter.html").write_text("<pre>\n    As it is\n</pre>\n")
    (tmp_path / "spoken.html").write_text("{% load i18n %}{% blocktranslate %}On\n    two lines{% endblocktranslate %}")
    (tmp_path / "mail.txt").write_text("Dear shop,\n\n    AED 5\n")
    engine = Engine(dirs=[str(tmp_path)], loaders=["aqad.core.lean.Files"], libraries={"i18n": "django.templatetags.i18n"})

    pages = {name: engine.get_template(name).render(Context()) for name in ("list.html", "letter.html", "spoken.html", "mail.txt")}

    assert pages == {
        "list.html": "<ul>\n<li>\nOne two\n</li>\n</ul>\n",
        "letter.html": "<pre>\n    As it is\n</pre>\n",
        "spoken.html": "On\n    two lines",
        "mail.txt": "Dear shop,\n\n    AED 5\n",
    }


def test_most_of_our_pages_are_lean() -> None:
    templates = [path for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html")]
    exact = [path for path in templates if lean.EXACT.search(path.read_text(encoding="utf-8"))]

    assert len(exact) < len(templates) / 10


@pytest.fixture
def arabic() -> Iterator[None]:
    """Two words of Arabic, as a catalogue of ours would bring them."""
    words = {"Close": "إغلاق", "Of %(n)s": "من %(n)s"}
    catalogue: Any = trans_real.translation("ar")
    catalogue._catalog._catalogs.insert(0, words)
    catalogue._catalog._plurals.insert(0, lambda n: 0)
    yield
    catalogue._catalog._catalogs.pop(0)
    catalogue._catalog._plurals.pop(0)


def _filtered(text: str, **values: Any) -> str:
    return engines["django"].from_string("{% load ui %}" + text).render(values)


def _named(resolver: URLResolver, prefix: str = "", outer: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every named address with the kinds of its values."""
    for pattern in resolver.url_patterns:
        kinds = (*outer, *(type(converter).__name__ for converter in getattr(pattern.pattern, "converters", {}).values()))
        if isinstance(pattern, URLResolver):
            yield from _named(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix, kinds)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield prefix + pattern.name, kinds
