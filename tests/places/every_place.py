"""What every place is looked at for, whichever file its tests are in. Each file has its own places, so that two
workers make different ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.town_pages import open_page, said
from tests.conftest import Town
from warehouse.i18n import LANGUAGES
from warehouse.scope import PAGES, Role
from warehouse.settings import ROOT

OPENED = [page for page in PAGES if (ROOT / page.file).is_file()]
Places = Callable[[str], Town]
# A county compares its towns, a sumu its gacha, a town its villages.
COMPARED = {"yanling": ("镇", "town"), "baixingtu": ("嘎查", "gacha"), "dunji": ("村", "village")}


def of(*places: str) -> pytest.MarkDecorator:
    """One case a place."""
    return pytest.mark.parametrize("place", places)


def assert_every_page_opens(
    built: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, role: Role
) -> None:
    for page in OPENED:
        if role in page.roles and (role is Role.OFFICE or not page.needs_households):
            app = open_page(built.settings, tmp_path, monkeypatch, page.name, role, language=language)
            assert app.title[0].value, page.name


def assert_areas_are_called_so(built: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for language, word in zip(LANGUAGES, COMPARED[built.profile.name], strict=True):
        app = open_page(built.settings, tmp_path, monkeypatch, "coverage", Role.OFFICE, language=language)
        assert word in said(app)
