"""A department's contact: what came of the own lists, which rows were refused and why, the file to correct them."""

from __future__ import annotations

from tests.app.town_pages import ask
from tests.browser.conftest import Arrive
from tests.browser.papers import words_of
from tests.conftest import Town

OWN = "civil_affairs"
MONTH = "2025-12-01"


def titles(town: Town, *, own: bool) -> set[str]:
    compared = "=" if own else "<>"
    return set(ask(town, f"select title from dim_extract where owner {compared} ?", OWN)["title"])


def test_a_contact_sees_the_own_lists_the_rows_refused_and_takes_the_file_to_correct(
    arrive: Arrive, town: Town
) -> None:
    contact = arrive("department", department=OWN)
    contact.open("intake", period="2025-12", part="came")
    shown = {row[0] for row in contact.rows(contact.page.get_by_test_id("stDataFrame").first)[1:]}
    assert shown
    assert shown <= titles(town, own=True), "no list of another department"

    contact.open("intake", period="2025-12", part="held")
    refused = ask(town, "select file_name, row_no from quarantine where owner = ? and month = ?", OWN, MONTH)
    assert f"本月共退回 {refused.height} 行" in contact.text()
    rows = contact.rows(contact.page.get_by_test_id("stDataFrame").nth(1))
    assert {row[1] for row in rows[1:]} <= set(refused["file_name"])

    contact.open("intake", period="2025-12", part="card")
    for form in ("xlsx", "docx"):
        contact.push(f"scorecard_returns_{form}")
        name, content, _ = contact.take()
        said = words_of(name, content)
        assert "民政" in name
        assert any(title in said for title in titles(town, own=True))
        assert not [title for title in titles(town, own=False) if title in said], "nothing of another department"
        if form == "xlsx":
            assert all(file in said for file in refused["file_name"].unique()), "every file with a row to correct"


def test_the_menu_of_a_contact_leads_to_every_page_there_is_for_one(arrive: Arrive) -> None:
    """From the demo's list of roles, in the reader's language."""
    contact = arrive("office", "en")
    contact.page.goto(f"{contact.home}/demo")
    contact.page.locator(f"a[href='/demo/as/department?department={OWN}']").click()
    contact.settle()
    menu = contact.page.get_by_test_id("stSidebar")
    assert "Department contact · Civil affairs" in menu.inner_text()
    links = menu.get_by_test_id("stPageLink-NavLink")
    assert links.all_inner_texts() == ["Warnings", "Duties and stages", "Data intake", "Definitions"]
    for number in range(links.count()):
        with contact.rerun():
            links.nth(number).click()
        assert contact.main.locator("h1").inner_text()
    contact.open("coverage")
    assert "This page is not open to your role" in contact.text()
