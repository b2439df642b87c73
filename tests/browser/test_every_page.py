"""What holds on every page, at phone and desktop width, in light and dark: it fits, it is accessible, it is small, it stays where it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.pages import PAGES
from tests.browser.site import Site

LARGEST_FIRST_LOAD = 120_000  # bytes, compressed, without product pictures
LARGEST_SHIFT = 0.02
EXPECTED_STATUS = {"not-found": 404, "forbidden": 403}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}


@pytest.mark.parametrize(("width", "theme"), [("phone", "dark"), ("desktop", "light")])
@pytest.mark.parametrize(("name", "who", "address"), PAGES, ids=[name for name, _who, _address in PAGES])
def test_it_fits_is_accessible_and_small(
    visit: Callable[..., Any], site: Site, name: str, who: str, address: str, width: str, theme: str
) -> None:
    visitor = visit(who, width=width, theme=theme)
    page = visitor.page
    answer = visitor.go(address.format(**site.things))
    assert answer.status == EXPECTED_STATUS.get(name, 200)
    assert page.title().endswith("AQAD")
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], "the page is wider than the screen"
    assert violations(page) == []
    assert visitor.loaded_bytes() <= LARGEST_FIRST_LOAD
    assert page.evaluate("window.__shift") <= LARGEST_SHIFT


def violations(page: Any) -> list[str]:
    """What axe finds wrong, with the first element each time."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {one['help']} ({one['nodes'][0]['html'][:160]})" for one in found]
