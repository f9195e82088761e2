"""A whole drill-down in a real browser, in both languages: the place -> a village -> a household, by clicking."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, sync_playwright

from tests.app.conftest import Live, start_server
from tests.conftest import Town
from warehouse.scope import PAGES
from warehouse.settings import Settings

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
LOCALES = {"zh_CN": "zh-CN", "en": "en-GB"}


@pytest.fixture(scope="module")
def server(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The demo on a copy of the sample town's snapshot."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(town.settings.snapshots, folder / "snapshots")
    live = start_server(Settings(data_dir=folder, sample_ids=True), demo=True, cwd=folder)
    yield live
    live.process.terminate()
    live.process.wait(20)


@pytest.fixture(params=sorted(LOCALES))
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of a fresh browser that speaks one of the languages; what it asks of other machines is kept."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 1366, "height": 2400}, locale=LOCALES[request.param])
        page = context.new_page()
        page.set_default_timeout(30_000)
        yield page
        browser.close()


def open_page(page: Page, url: str) -> None:
    page.goto(url)
    settle(page)


def settle(page: Page) -> None:
    page.wait_for_timeout(300)
    page.wait_for_selector(IDLE)
    page.wait_for_timeout(700)


def errors(page: Page) -> int:
    return page.locator("[data-testid=stException]").count()


def test_from_the_place_to_a_household_by_clicking(server: Live, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: note_stranger(request, server.url, asked))
    open_page(page, f"{server.url}/coverage")
    tiles = page.locator("[data-testid=stVegaLiteChart] svg").first
    tiles.wait_for()
    box = tiles.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 45, box["y"] + 25)  # the first tile: the village of the lowest code
    page.wait_for_url(re.compile(r"/village\?.*area=340621109200"))
    settle(page)
    assert "孙疃村" in page.locator("[data-testid=stMain]").inner_text()

    households = page.locator("[data-testid=stDataFrame]").last
    households.scroll_into_view_if_needed()
    box = households.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 18, box["y"] + 52)  # the box of the first row, under the heading
    page.wait_for_url(re.compile(r"/household\?.*household=[0-9a-f]{32}"))
    settle(page)
    text = page.locator("[data-testid=stMain]").inner_text()
    assert re.search(r"H\d{8}", text), "the household's number stands on its page"
    assert not re.search(r"990100\d{11}", text), "no ID number reaches a page"
    assert errors(page) == 0
    assert asked == [], "nothing is asked of other machines"


def note_stranger(request: Request, home: str, asked: list[str]) -> None:
    if not request.url.startswith((home, "data:", "blob:")):
        asked.append(request.url)


def test_every_page_opens_without_an_error(server: Live, page: Page) -> None:
    """Each page as the office sees it, in the browser's language, with its language in the document."""
    language = page.evaluate("navigator.language")
    for name in (entry.name for entry in PAGES):
        open_page(page, f"{server.url}/{name}")
        assert errors(page) == 0, name
        main = page.locator("[data-testid=stMain]").inner_text()
        assert len(main) > 120, name
        assert page.locator("html").get_attribute("lang", timeout=5000).startswith(language[:2]), name  # type: ignore[union-attr]
        if language.startswith("en"):
            headings = " ".join(page.locator("[data-testid=stMain] :is(h1, h2, h3, h4)").all_inner_texts())
            words = re.sub(r"[一-鿿]{1,4}[村镇]|H\d+", "", headings)  # names of places stay as they are
            assert not re.search(r"[一-鿿]{3,}", words), (name, words)


def test_a_cadre_lands_on_the_own_village_and_sees_no_other(server: Live, page: Page) -> None:
    open_page(page, f"{server.url}/demo/as/cadre")
    open_page(page, f"{server.url}/village?area=340621109201")
    text = page.locator("[data-testid=stMain]").inner_text()
    assert errors(page) == 0
    assert "炮楼村" not in text


def test_a_shot_can_be_taken(server: Live, page: Page, tmp_path: Path) -> None:
    """The page paints: not one flat colour."""
    open_page(page, f"{server.url}/coverage")
    shot = page.screenshot(path=tmp_path / "coverage.png")
    assert len(shot) > 60_000
