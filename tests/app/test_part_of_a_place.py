"""Accounts that hold a part of the place alone: sums over their own areas are not told in the name of the whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.town_pages import ask, open_page, said
from tests.conftest import Town
from warehouse.scope import ALL, Role

WHOLE_PAPERS = {"joint_meeting": "meeting_pack", "evaluation": "evaluation_quarterly"}


def test_sums_over_a_part_are_told_as_a_part(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = ask(town, "select area_code from dim_area where is_unit order by area_code limit 2")["area_code"].to_list()
    for page, role in (("risk", Role.LEADER), ("coverage", Role.OFFICE), ("policy_lab", Role.OFFICE)):
        whole = said(open_page(town.settings, tmp_path, monkeypatch, page, role))
        part = said(open_page(town.settings, tmp_path, monkeypatch, page, role, areas=tuple(own)))
        assert "孙疃镇" in whole, page
        assert "仅含您负责的" not in whole, page
        assert "孙疃镇（仅含您负责的 2 个村）" in part, page
        one = said(open_page(town.settings, tmp_path, monkeypatch, page, role, areas=tuple(own), area=own[0]))
        assert "仅含您负责的 1" not in one, "a village is held as a whole"


def test_papers_in_the_name_of_the_whole_are_for_who_holds_it(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pack, the reports and the sheet that may be published sum over the areas of the account."""
    own = ask(town, "select area_code from dim_area where is_unit order by area_code limit 2")["area_code"].to_list()
    for areas, is_offered in ((tuple(own), False), ((ALL,), True)):
        for page, key in WHOLE_PAPERS.items():
            app = open_page(town.settings, tmp_path, monkeypatch, page, Role.OFFICE, areas=areas)
            offered = {button.key for button in app.button}
            assert any(name.startswith(key) for name in offered if name) is is_offered, (page, areas)
            assert any(name.startswith("publication_") for name in offered if name) is (
                is_offered and page == "evaluation"
            )
            assert ("负责全部村的账户" in said(app)) is not is_offered
