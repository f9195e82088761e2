"""YL-3x: what departments know a household to own or to be paid stands on its page, each with who answers for it."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from tests.app.town_pages import ask, open_page
from tests.conftest import Town
from warehouse.scope import Role


def rows_of_assets(app) -> list[list[str]]:
    """The cells of the table of assets: part, found, result, unit."""
    bodies = [element.proto.body for element in app.get("html")]
    body = next(body for body in bodies if "机动车" in body and "财政供养人员" in body and "<th" in body)
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [[html.unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)] for row in rows]


def test_each_conflict_stands_with_the_department_that_answers_for_it(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One household with a car that disqualifies, and who pays into an enterprise pension is told beside the test."""
    key, rows = ask(
        town,
        "select household_key, count(*) from fct_source_row join fct_household_month using (household_key) "
        "where extract = 'enterprise_pension' and month = date '2025-12-01' and asset_vehicle "
        "and list_month = (select max(month) from fct_push where extract = 'enterprise_pension' "
        "and received_on is not null) group by 1 order by 1 limit 1",
    ).row(0)
    units = dict(
        ask(
            town,
            "select extract, unit from dim_extract join dim_department on owner = department_code where kind = 'asset'",
        ).iter_rows()
    )
    assert len(units) == 6
    app = open_page(town.settings, tmp_path, monkeypatch, "household", Role.OFFICE, household=key)
    shown = {cells[0]: cells[1:] for cells in rows_of_assets(app) if cells}
    assert len(shown) == 6
    assert shown["机动车"] == ["查到，属于限制种类", "✗ 不符合", units["vehicles"]]
    assert shown["商品房"][2] == units["real_estate"]
    assert shown["企业养老保险信息"] == [f"{rows} 条", "只告知，不作条件", units["enterprise_pension"]]
