"""A leader before and in the joint meeting: how we stand, on the wall by keys, and the pack taken along."""

from __future__ import annotations

from tests.app.town_pages import ask
from tests.browser.conftest import Arrive
from tests.browser.papers import words_of
from tests.browser.visitor import Visitor
from tests.conftest import Town
from warehouse.passports import Figure, code_of
from warehouse.snapshots import current_snapshot

QUARTER = "2025Q4"


def counted(town: Town, metric: str) -> tuple[int, int]:
    sql = "select numerator, denominator from metric_values where scope = 'profile' and metric = ? and period = ?"
    return ask(town, sql, metric, QUARTER).row(0)  # type: ignore[return-value]


def screen(leader: Visitor) -> tuple[int, int, str]:
    """Which screen of how many, and what it says."""
    now, last = leader.page.locator(".kanhu-at").inner_text().split("/")
    return int(now), int(last), leader.page.locator(".kanhu-screen").inner_text()


def test_a_leader_reviews_the_quarter_on_the_wall(arrive: Arrive, town: Town) -> None:
    covered, eligible = counted(town, "coverage_rate")
    missed, _ = counted(town, "missed_rate")
    leader = arrive("leader")
    leader.open("joint_meeting", period=QUARTER)
    stand = f"按数据应保 {eligible} 户，已保 {covered} 户（{covered / eligible:.1%}）；疑似漏保 {missed} 户"
    assert stand in leader.text()

    with leader.rerun():
        leader.main.get_by_role("link", name="投影放映").click()
    first, last, said = screen(leader)
    assert first == 1
    assert "联席会议" in said
    stories: dict[str, str] = {}
    for at in range(2, last + 1):
        with leader.rerun():
            leader.page.keyboard.press("ArrowRight")
        now, _, said = screen(leader)
        assert now == at, "each press goes on by one screen"
        part = said.split("\n")[0]
        stories[part] = stories.get(part, "") + said
        fits = "() => document.querySelector('[data-testid=stMain]').scrollHeight <= innerHeight + 1"
        assert leader.page.evaluate(fits), f"screen {at} is read without scrolling"
    assert f"按数据应保 {eligible} 户，已保 {covered} 户，疑似漏保 {missed} 户" in stories["总体情况"]
    assert "异常" in stories, "what stands out has a screen of its own"
    with leader.rerun():
        leader.page.keyboard.press("ArrowLeft")
    assert screen(leader)[0] == last - 1
    with leader.rerun():
        leader.page.keyboard.press("Escape")
    assert leader.page.locator(".kanhu-screen").count() == 0
    assert "present" not in leader.page.url
    assert "进展如何" in leader.text(), "out of the screens one is back on the page"


def test_the_pack_is_taken_once_in_each_form_and_its_code_leads_back(arrive: Arrive, town: Town) -> None:
    covered, eligible = counted(town, "coverage_rate")
    snapshot = current_snapshot(town.settings).snapshot_id
    code = code_of(Figure("coverage_rate", "profile", town.profile.name, QUARTER), snapshot)
    leader = arrive("leader")
    leader.open("joint_meeting", period=QUARTER)
    for form in ("docx", "pdf", "pptx"):
        leader.push(f"meeting_pack_{form}")
        name, content, address = leader.take()
        assert name == f"联席会议材料_{QUARTER}.{form}"
        said = words_of(name, content)
        assert f"{covered / eligible:.1%}" in said, name
        assert code in said, name
        status, page = leader.fetch(address)
        assert status == 410, "a link gives its file once"
        assert b"%PDF" not in page
        assert len(page) < 10_000

    leader.open("about", section="passport")
    box = leader.page.get_by_role("textbox")
    box.fill(code.lower())
    with leader.rerun():
        box.press("Enter")
    found = leader.text()
    assert "应保尽保率" in found
    assert f"{covered / eligible:.1%}" in found
    assert f"{covered}/{eligible}" in found.replace(" ", "")
