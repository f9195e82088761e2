"""A browser and a live server, one of each a worker, and visitors who note what pages ask for and complain of."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.app.conftest import Live, start_server
from tests.browser.visitor import Visitor
from tests.conftest import Town
from warehouse.settings import Settings

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
Arrive = Callable[..., Visitor]


@pytest.fixture(scope="session")
def server(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The demo on a copy of the sample town's snapshot; what visitors write goes to a database of its own."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(town.settings.snapshots, folder / "snapshots")
    live = start_server(Settings(data_dir=folder, sample_ids=True), demo=True, cwd=folder)
    yield live
    live.process.terminate()
    live.process.wait(20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def arrive(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Arrive]:
    """`arrive(role, language)`: a visitor in a browser of their own, at the demo unless `url` is of another server.
    Whatever the journey, nothing was asked of another machine, no page failed, the browser complained of nothing."""
    came: list[Visitor] = []

    def one(role: str, language: str = "zh_CN", *, url: str | None = None, **chosen: str) -> Visitor:
        home = url or request.getfixturevalue("server").url
        visitor = Visitor.arriving(browser, home, role, language, **chosen)
        came.append(visitor)
        return visitor

    yield one
    for visitor in came:
        visitor.page.context.close()
        visitor.assert_nothing_amiss()
