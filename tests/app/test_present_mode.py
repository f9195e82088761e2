"""The meeting on a projector: a screen for each thing that has content, figures as counted in the marts."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.town_pages import ask, open_page
from tests.conftest import Town
from warehouse.i18n import catalogue
from warehouse.scope import Role

TAGS = re.compile(r"<[^>]+>")
FIRST_FOUR = "('tekun', 'dibao', 'dibao_edge', 'rigid_expense')"


def screen(app: AppTest) -> str:
    """The screen that is shown, as HTML."""
    (body,) = [box.proto.body for box in app.get("html") if '<section class="kanhu-screen' in box.proto.body]
    return body


def text(app: AppTest) -> str:
    return unescape(TAGS.sub(" ", screen(app)))


def title(app: AppTest) -> str:
    return unescape(TAGS.sub("", re.search(r"<h1>(.*?)</h1>", screen(app), re.DOTALL)[1]))  # type: ignore[index]


def at(app: AppTest) -> tuple[int, int]:
    """Which screen of how many."""
    (body,) = [box.proto.body for box in app.get("html") if 'class="kanhu-at"' in box.proto.body]
    now, last = TAGS.sub("", body).split("/")
    return int(now), int(last)


def all_screens(app: AppTest) -> list[tuple[str, str]]:
    """Every screen from the one shown on, by the button that goes on: its HTML and its title."""
    found = []
    while True:
        assert not app.exception
        found.append((screen(app), title(app)))
        now, last = at(app)
        if now == last:
            return found
        app.button(key="present_next").click().run()


@pytest.mark.parametrize(("role", "language"), [(Role.LEADER, "zh_CN"), (Role.OFFICE, "en")])
def test_every_screen_has_a_finding_and_where_it_comes_from(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: Role, language: str
) -> None:
    app = open_page(
        town.settings, tmp_path, monkeypatch, "joint_meeting", role, language=language, present="1", period="2025Q4"
    )
    assert not [box.label for box in app.selectbox if box.key == "filter_period"], "no filter bar"
    shown = all_screens(app)
    assert len(shown) == at(app)[1]
    parts = [TAGS.sub("", re.search(r"<header><span>(.*?)</span>", body)[1]) for body, _ in shown]  # type: ignore[index]
    words = catalogue(language)
    wanted = [
        words[f"present.part.{part}"]
        for part in ("agenda", "decided", "stand", "tasks", "exceptions", "departments", "matters")
    ]
    assert list(dict.fromkeys(parts)) == wanted, "in the order of the meeting; nothing was decided yet, so no last part"
    for body, finding in shown:
        assert finding.strip()
        assert body.count("<tr>") <= 9, "a head and eight rows"
        assert "<footer>" in body
        assert "**" not in body
        assert "{" not in finding
    assert len({finding for _, finding in shown}) == len(shown), "one question each"
    counted = [box for body, _ in shown for box in re.findall(r"<img [^>]*>", body)]
    assert counted, "a village is off in this sample, so its funnel is drawn"
    assert all("data:image/svg+xml;base64," in box for box in counted)


def test_the_screens_say_what_the_marts_hold(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = ask(
        town,
        f"select count(*) filter (where tier_eligible in {FIRST_FOUR}) as eligible, "
        f"count(*) filter (where tier_eligible in {FIRST_FOUR} and not suspected_missed) as covered, "
        "count(*) filter (where suspected_missed) as missed "
        "from fct_household_month where month = date '2025-12-01'",
    ).row(0, named=True)
    overdue = ask(town, "select count(*) from fct_warning where state = 'overdue' and month <= '2025-12-01'").item()
    carried = ask(
        town,
        "select count(*) from fct_meeting_action a where met_on <= date '2025-12-31' "
        "and (done_on is null or done_on > date '2025-12-31') and (select count(distinct b.met_on) from "
        "fct_meeting_action b where b.kind = a.kind and b.met_on > a.met_on and b.met_on <= date '2025-12-31') >= 2",
    ).item()
    assert carried > 0
    app = open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.LEADER, present="1", period="2025Q4")
    titles = [finding for _, finding in all_screens(app)]
    assert f"按数据应保 {now['eligible']} 户，已保 {now['covered']} 户，疑似漏保 {now['missed']} 户" in titles
    assert f"{carried} 项三次上会仍未决" in titles
    assert any(one.startswith(f"{overdue} 条预警过了时限") for one in titles)


def test_new_warnings_stand_beside_what_was_expected_of_the_same_months(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the first quarter nothing is expected in its first month: what came then is not held against it."""
    came, all_of_them, expected = ask(
        town,
        "select sum(new_warnings) filter (where expected_warnings is not null), sum(new_warnings), "
        "sum(expected_warnings) from agg_area_month inner join dim_area using (area_code) "
        "where is_unit and month between '2025-01-01' and '2025-03-01'",
    ).row(0)
    assert 0 < came < all_of_them
    app = open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.LEADER, present="1", period="2025Q1")
    shown = next(body for body, _ in all_screens(app) if "按前期水平应有" in body)
    numbers = [int(number) for number in re.findall(r"<b>(\d+)<i>", shown)]
    assert numbers[:2] == [came, round(expected)]


def test_the_url_keeps_the_screen_and_what_is_beyond_it_is_the_last(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.LEADER, present="1", screen="4")
    now, last = at(app)
    assert now == 4
    app.button(key="present_back").click().run()
    assert at(app)[0] == 3
    assert app.query_params["screen"] in ("3", ["3"])
    for asked, wanted in (("999", last), ("0", 1), ("x", 1), ("9" * 5_000, 1)):
        app.query_params["screen"] = asked
        app.run()
        assert at(app) == (wanted, last)


def test_leaving_gives_the_page_back(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.LEADER, present="1", screen="2")
    app.button(key="present_leave").click().run()
    assert not app.exception
    assert [box for box in app.selectbox if box.key == "filter_period"]
    assert "present" not in app.query_params


def test_a_leader_reads_and_the_office_writes(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last screen of a meeting without decisions is a matter: the office has its form there, a leader has not."""
    leader = open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.LEADER, present="1", screen="999")
    assert not leader.text_area
    last = at(leader)[1]
    asked = {"present": "1", "screen": str(last)}
    office = open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.OFFICE, **asked)
    assert len(office.text_area) == 1
    office.text_area[0].set_value("由专班办公室逐户落实。")
    next(button for button in office.button if "记入" in button.label).click().run()
    assert not office.exception
    assert at(office) == (last, last + 1), "what was decided today has a screen now"
    assert "已议定：由专班办公室逐户落实" in text(office)
    assert not office.text_area, "it is settled"
    office.button(key="present_next").click().run()
    assert "联席会议议定 1 项" in title(office)
    assert "由专班办公室逐户落实" in text(office)
