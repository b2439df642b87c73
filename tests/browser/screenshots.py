"""Pictures of every page at both widths, light and dark: `./dev screenshots FOLDER` runs this."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.pages import PAGES
from tests.browser.site import demo
from tests.browser.visitor import FLAGS, Visitor

LOOKS = [(width, theme) for width in ("phone", "desktop") for theme in ("light", "dark")]


def main(folder: Path, wanted: set[str]) -> None:
    """A PNG for each page and look in `folder`; only the `wanted` pages, if any are named."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = [page for page in PAGES if not wanted or page[0] in wanted]
    path = os.environ.get("AQAD_CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as state, demo(Path(state) / "state") as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for who in sorted({who for _name, who, _address in pages}):
            door = Visitor(browser, site)
            session = door.sign_in(who).context.storage_state() if who else None
            for width, theme in LOOKS:
                visitor = Visitor(browser, site, width=width, theme=theme, state=session)
                for name, _who, address in [page for page in pages if page[1] == who]:
                    visitor.go(address.format(**site.things))
                    visitor.page.screenshot(path=folder / f"{name}-{width}-{theme}.png", full_page=True)
                    print(f"{name}-{width}-{theme}.png", flush=True)
                visitor.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), set(sys.argv[2:]))
