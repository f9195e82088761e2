"""Someone at a browser: opens pages, waits until they are drawn, reads them, presses, downloads, and keeps watch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlparse

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response

LOCALES = {"zh_CN": "zh-CN", "en": "en-GB"}
LAPTOP = {"width": 1366, "height": 768}
# What the server told the page, and when last; and when all of it is drawn: the run has ended, nothing was told for a
# blink, there is something to read, and each chart and table has its drawing.
WATCH = """
window.kanhuTold = 0;
window.kanhuLast = 0;
const Socket = window.WebSocket;
window.WebSocket = class extends Socket {
  constructor(...where) {
    super(...where);
    this.addEventListener('message', () => { window.kanhuTold += 1; window.kanhuLast = performance.now(); });
  }
};
"""
DRAWN = """told => {
  const app = document.querySelector('[data-testid=stApp]');
  const all = (where, what) =>
    [...document.querySelectorAll(where)].every(found => !found.checkVisibility() || found.querySelector(what));
  return app?.dataset.testScriptState === 'notRunning'
    && window.kanhuTold > told && performance.now() - window.kanhuLast > 200
    && document.querySelector('[data-testid=stMain] :is(h1, [data-testid=stMarkdown])')
    && !document.querySelector('[data-testid=stSkeleton]')
    && all('[data-testid=stVegaLiteChart]', 'svg') && all('[data-testid=stDataFrame]', 'canvas');
}"""
# Streamlit asks every address it may be served from where its server is, and hears no from all but one.
WHERE_IS_THE_SERVER = re.compile(r"/\w+/_stcore/(health|host-config)$")
# What a page says that has failed, in both languages.
FAILED = ("这一页出错了", "This page failed")


@dataclass
class Visitor:
    """One browser context and its page. Times are in milliseconds; the machine may be busy."""

    page: Page
    home: str
    strangers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)

    @classmethod
    def arriving(cls, browser: Browser, home: str, role: str, language: str, **chosen: str) -> Visitor:
        """Signed in by the demo as the role. chosen: the cadre's `area` or the contact's `department`."""
        context = browser.new_context(viewport=LAPTOP, locale=LOCALES[language], accept_downloads=True)  # type: ignore[arg-type]
        context.set_default_timeout(30_000)
        context.add_init_script(WATCH)
        visitor = cls(context.new_page(), home)
        context.on("request", lambda request: visitor._note_request(request.url))
        context.on("console", visitor._note_message)
        context.on("weberror", lambda error: visitor.complaints.append(str(error.error)))
        visitor.become(role, **chosen)
        return visitor

    def become(self, role: str, **chosen: str) -> None:
        self.fetch(f"/demo/as/{role}?{urlencode({**chosen, 'next': '/health'})}")

    def speak(self, language: str) -> None:
        self.fetch(f"/language/{language}?next=/health")

    def look(self, look: str) -> None:
        self.fetch(f"/look/{look}?next=/health")

    def fetch(self, path: str) -> tuple[int, bytes]:
        """Status and bytes of an address, asked with the visitor's cookies but outside the page."""
        answer = self.page.context.request.get(self.home + path)
        return answer.status, answer.body()

    # -- opening and waiting

    def open(self, page: str, **query: str) -> Response | None:
        answer = self.page.goto(f"{self.home}/{page}" + (f"?{urlencode(query)}" if query else ""))
        self.settle()
        return answer

    def settle(self, told: int = 0) -> None:
        """Until all is drawn that the server told since it had told so much."""
        self.page.wait_for_function(DRAWN, arg=told)
        self.boxes += self.page.locator("[data-testid=stException]").all_inner_texts()
        self.boxes += [f"{self.page.url}: {said}" for said in FAILED if said in self.text()]

    @contextmanager
    def rerun(self) -> Iterator[None]:
        """What is done inside makes the page run again; afterwards it is drawn anew."""
        before = int(self.page.evaluate("window.kanhuTold"))
        yield
        self.settle(before)

    def push(self, key: str) -> None:
        """Press the button of that key: what the page calls it, not what it says."""
        with self.rerun():
            self.keyed(key).get_by_role("button").first.click()

    def keyed(self, key: str) -> Locator:
        """The part of the page of that key."""
        return self.page.locator(f".st-key-{key}")

    # -- reading

    @property
    def main(self) -> Locator:
        return self.page.get_by_test_id("stMain")

    def text(self) -> str:
        return self.main.inner_text()

    def path(self) -> str:
        return urlparse(self.page.url).path

    def rows(self, table: Locator) -> list[list[str]]:
        """What a table shows, by what it tells those who cannot see its drawing."""
        table.scroll_into_view_if_needed()
        table.locator("canvas [role=row]").nth(1).wait_for(state="attached")
        return table.locator("canvas").first.evaluate(  # type: ignore[no-any-return]
            "canvas => [...canvas.querySelectorAll('[role=row]')].map(row => "
            "[...row.querySelectorAll('[role=gridcell], [role=columnheader]')].map(cell => cell.textContent.trim()))"
        )

    def pick_row(self, table: Locator, number: int = 1) -> None:
        """Tick the box before a row of a table, the first below the heads being 1."""
        table.scroll_into_view_if_needed()
        box = table.bounding_box()
        assert box is not None
        with self.rerun():
            self.page.mouse.click(box["x"] + 18, box["y"] + 35 * number + 17)

    # -- taking files

    def take(self) -> tuple[str, bytes, str]:
        """Click the link of the file just made: its name, its bytes and its address."""
        link = self.main.locator("a[href^='/export/']").last
        address = link.get_attribute("href")
        assert address is not None
        with self.page.expect_download() as waiting:
            link.click()
        return waiting.value.suggested_filename, waiting.value.path().read_bytes(), address

    # -- keeping watch

    def _note_request(self, url: str) -> None:
        if not url.startswith((self.home, "data:", "blob:")):
            self.strangers.append(url)

    def _note_message(self, message: ConsoleMessage) -> None:
        asked = urlparse(message.location.get("url", "")).path
        if message.type == "error" and not WHERE_IS_THE_SERVER.fullmatch(asked):
            self.complaints.append(f"{asked}: {message.text}")

    def assert_nothing_amiss(self) -> None:
        assert self.strangers == [], "nothing is asked of other machines"
        assert self.boxes == [], "no page shows an error"
        assert self.complaints == [], "the browser has nothing to complain of"
