"""The office goes down from a point of the funnel to one household, sees its names for a reason, prints its file."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlparse

from playwright.sync_api import Locator

from tests.app.conftest import Live
from tests.app.town_pages import ask
from tests.browser.conftest import Arrive
from tests.browser.papers import words_of
from tests.browser.visitor import Visitor
from tests.conftest import Town
from warehouse.app_db import audit, open_app_db
from warehouse.app_db.audit import Action

WHOLE_ID = re.compile(r"9901\d{13}[\dX]")
# The marks of a drawing that a click reaches, each with the area it stands for: nothing lies over their middle.
MARKS = """chart => [...chart.querySelectorAll('path, rect')].map(mark => {
  const box = mark.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
  const area = mark.__data__?.datum?.area_code, above = document.elementFromPoint(x, y);
  return area && box.width && above?.__data__?.datum?.area_code === area ? {area, x, y} : null;
}).filter(mark => mark)"""


def click_a_village(visitor: Visitor, chart: Locator) -> str:
    """Click the first mark that stands for a village. Returns its code."""
    chart.scroll_into_view_if_needed()
    mark = chart.evaluate(MARKS)[0]
    with visitor.rerun():
        visitor.page.mouse.click(mark["x"], mark["y"])
    visitor.page.wait_for_url(re.compile(r"/village\?"))
    visitor.settle()
    return str(mark["area"])


def asked_in(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlparse(url).query).items()}


def test_from_a_point_of_the_funnel_to_the_file_of_a_household(arrive: Arrive, server: Live, town: Town) -> None:
    office = arrive("office")
    office.open("coverage", period="2025-12")
    area = click_a_village(office, office.page.get_by_test_id("stVegaLiteChart").nth(1))
    names = dict(ask(town, "select area_code, name from dim_area where is_unit").rows())
    assert asked_in(office.page.url) == {"area": area, "period": "2025-12"}, "the filters go along"
    households = "select households from agg_area_month where scope = 'area' and area_code = ? and month = '2025-12-01'"
    assert names[area] in office.text()
    assert f"{ask(town, households, area).item()} 户" in office.text()

    office.pick_row(office.keyed("village_households").get_by_test_id("stDataFrame"))
    key = asked_in(office.page.url)["household"]
    number, home, head = ask(
        town, "select household_no, area_code, head_name from dim_household where household_key = ?", key
    ).row(0)
    assert home == area
    assert office.path() == "/household"
    assert number in office.text()
    assert head not in office.text(), "names are masked until a reason is given"

    office.page.get_by_role("button", name="显示姓名…").click()
    office.page.get_by_text("入户核查", exact=True).click()
    office.settle()
    office.push("reveal_button")
    assert head in office.text()
    trail = open_app_db(f"sqlite:///{server.settings.data_dir / 'demo-app.db'}", server.settings.secret("audit"))
    entry = audit.entries(trail, action=Action.REVEALED).row(0, named=True)
    assert entry["target"] == key
    assert "入户核查" in str(entry["detail"])

    office.push("household_file_pdf")
    name, content, _ = office.take()
    said = words_of(name, content)
    assert number in name
    assert number in said
    assert head in said, "the paper shows what the page shows"
    assert not WHOLE_ID.search(said + office.text()), "no ID number reaches a page or a paper"


def test_the_tile_of_a_village_opens_it_in_english(arrive: Arrive, town: Town) -> None:
    office = arrive("office", "en")
    office.open("coverage")
    area = click_a_village(office, office.page.get_by_test_id("stVegaLiteChart").first)
    name = ask(town, "select name from dim_area where area_code = ?", area).item()
    assert name in office.text()
    assert office.page.locator("html").get_attribute("lang") == "en"
