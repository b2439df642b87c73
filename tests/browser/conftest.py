"""The demo, a Chromium, and visitors whose browsers had nothing to complain about."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.site import Site, demo

VisitorMaker = Callable[..., Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demo of its own, or the one that AQAD_URL names."""
    if os.environ.get("AQAD_URL"):
        yield Site(os.environ["AQAD_URL"])
        return
    with demo(tmp_path_factory.mktemp("demo") / "state") as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    from tests.browser.visitor import FLAGS

    path = os.environ.get("AQAD_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sessions() -> dict[str, Any]:
    """Signed-in browsers' cookies by person, so that not every test types a password."""
    return {}


@pytest.fixture(params=["phone", "desktop"])
def width(request: pytest.FixtureRequest) -> str:
    """A journey that asks for it is made twice, at either width."""
    return str(request.param)


@pytest.fixture
def visit(chromium: Any, site: Site, sessions: dict[str, Any]) -> Iterator[VisitorMaker]:
    """Make a visitor, signed in as `who` if told; at the end none of them may have seen a complaint or another host."""
    from tests.browser.visitor import Visitor

    made: list[Visitor] = []

    def make(who: str = "", **options: Any) -> Visitor:
        if who and who not in sessions:
            door = Visitor(chromium, site).sign_in(who)
            sessions[who] = door.context.storage_state()
            door.close()
        visitor = Visitor(chromium, site, state=sessions.get(who), **options)
        made.append(visitor)
        return visitor

    yield make
    complaints = [line for visitor in made for line in visitor.complaints]
    foreign = [url for visitor in made for url in visitor.foreign]
    for visitor in made:
        visitor.close()
    assert complaints == []
    assert foreign == []
