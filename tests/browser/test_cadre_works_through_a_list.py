"""A village cadre works through the list of the own village, and finds nothing of any other."""

from __future__ import annotations

from tests.app.town_pages import ask
from tests.browser.conftest import Arrive
from tests.browser.papers import words_of
from tests.conftest import Town

BUSIEST = """
select area_code from fct_warning where verified_on is null and state <> 'impossible'
group by area_code order by count(*) desc, area_code limit 1
"""


def test_a_cadre_goes_from_household_to_household_and_takes_the_list_along(arrive: Arrive, town: Town) -> None:
    area = ask(town, BUSIEST).item()
    own = ask(town, "select household_no from dim_household where area_code = ?", area)["household_no"].to_list()
    cadre = arrive("cadre", area=area)
    cadre.open("")
    cadre.page.wait_for_url("**/village*")
    cadre.settle()
    name = ask(town, "select name from dim_area where area_code = ?", area).item()
    assert name in cadre.text()
    visited = []
    for number in (1, 2):
        work = cadre.keyed("village_work").get_by_test_id("stDataFrame")
        cadre.pick_row(work, number)
        assert cadre.path() == "/household"
        visited += [no for no in own if no in cadre.text()]
        with cadre.rerun():
            cadre.page.go_back()
        assert cadre.path() == "/village"
    assert len(visited) == 2, "each row leads to a household of the own village"

    cadre.page.get_by_role("button", name="打印入户清单…").click()
    cadre.keyed("visit_list_xlsx").wait_for()
    cadre.push("visit_list_xlsx")
    link = cadre.page.locator("a[href^='/export/']")
    with cadre.page.expect_download() as waiting:
        link.click()
    said = words_of(waiting.value.suggested_filename, waiting.value.path().read_bytes())
    listed = {no for no in own if no in said}
    assert set(visited) <= listed
    others = ask(town, "select household_no from dim_household where area_code <> ?", area)["household_no"]
    assert not [no for no in others if no in said], "no household of another village is on the list"


def test_the_address_of_another_village_gives_a_cadre_nothing(arrive: Arrive, town: Town) -> None:
    own, other = (village.area_code for village in town.profile.villages[:2])
    other_name = town.profile.villages[1].name
    no, key = ask(
        town, "select household_no, household_key from dim_household where area_code = ? order by 1 limit 1", other
    ).row(0)
    cadre = arrive("cadre", area=own)
    for page, query in (
        ("village", {"area": other}),
        ("household", {"area": other}),
        ("household", {"household": key}),
        ("warnings", {"area": other}),
    ):
        cadre.open(page, **query)
        said = cadre.page.locator("body").inner_text()
        assert other_name not in said, page
        assert no not in said, page
