"""A person at a browser: a Chromium context of a certain width and theme, and everything it complained about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Response

from tests.browser.site import PASSWORD, PEOPLE, Site

WIDTHS = {"phone": {"width": 360, "height": 740}, "desktop": {"width": 1440, "height": 900}}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
# What Chromium says of a page that answers 4xx on purpose.
EXPECTED = "Failed to load resource: the server responded with a status of 4"
SHIFTS = """
window.__shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__shift += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""


class Visitor:
    """One context with one page. `complaints` are console messages and errors but for the `expected`, `foreign` requests to other hosts."""

    def __init__(
        self,
        browser: Browser,
        site: Site,
        *,
        width: str = "desktop",
        theme: str = "light",
        javascript: bool = True,
        state: Any = None,
        expected: Sequence[str] = (),
    ) -> None:
        self.site = site
        self.javascript = javascript
        self.expected = (EXPECTED, *expected)
        self.context: BrowserContext = browser.new_context(
            base_url=site.url,
            viewport=WIDTHS[width],  # type: ignore[arg-type]
            color_scheme=theme,  # type: ignore[arg-type]
            java_script_enabled=javascript,
            has_touch=width == "phone",
            storage_state=state,
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.page.add_init_script(SHIFTS)
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.answers: list[Response] = []
        self.page.on("console", lambda message: self._complain(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self._complain(f"error: {error}"))
        self.page.on("request", self._look_at)
        self.page.on("response", lambda answer: self.answers.append(answer))

    @property
    def main(self) -> Locator:
        """The page's main part, in which everything is looked for and pressed."""
        return self.page.get_by_role("main")

    def go(self, path: str) -> Response:
        self.answers.clear()
        answer = self.page.goto(path, wait_until="load")
        assert answer is not None
        return answer

    def sign_in(self, who: str) -> Visitor:
        """By the form, as one of PEOPLE or by e-mail."""
        self.go("/sign-in")
        self.page.get_by_label("E-mail").fill(PEOPLE.get(who, who))
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press("Sign in")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self

    def press(self, name: str) -> None:
        """A button of the page's main part."""
        self.main.get_by_role("button", name=name, exact=True).first.click()

    def told(self, words: str = "") -> None:
        """Wait for a message that the page shows, and a screen reader reads out, and that has these words in it."""
        self.main.locator("#messages[role=status] .note").filter(has_text=words).first.wait_for()

    def loaded_bytes(self) -> int:
        """What was transferred for the page, compressed, its product pictures left out."""
        own = [answer for answer in self.answers if not urlsplit(answer.url).path.startswith("/media/")]
        return sum(sizes["responseBodySize"] + sizes["responseHeadersSize"] for sizes in (answer.request.sizes() for answer in own))

    def close(self) -> None:
        self.context.close()

    def _complain(self, text: str) -> None:
        if not any(words in text for words in self.expected):
            self.complaints.append(text)

    def _look_at(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme in {"http", "https", "ws", "wss"} and f"{url.scheme}://{url.netloc}" != self.site.url:
            self.foreign.append(request.url)
