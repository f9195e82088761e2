"""Passport codes: every figure has one of its own, a mistyped one is told, and what is printed is kept."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from warehouse.app_db import open_app_db, passports
from warehouse.metrics import load_metrics
from warehouse.passports import (
    SIGNS,
    Figure,
    code_of,
    counts,
    from_payload,
    print_code,
    printing,
    read_code,
    rows_of,
    rows_of_metrics,
)
from warehouse.printed import keep, made_and_kept

FIGURE = Figure("coverage_rate", "profile", "suntuan", "2025Q4")
PLACE = {"snapshot_id": "20260101T000000Z-aaaaaaaaaa", "rules_version": "aaaaaaaaaaaa"}


def figures() -> list[Figure]:
    """Every metric in each of its scopes, by month, quarter and year, and every count."""
    codes = {"profile": "suntuan", "area": "340621109205", "department": "civil_affairs", "list": "major_disease"}
    metrics = [
        Figure(name, scope, codes[scope], period)
        for name, metric in load_metrics().items()
        for scope in metric.scopes
        for period in ("2025-12", "2025Q4", "2025")
    ]
    return metrics + [Figure(what, "profile", "suntuan", "2025-12") for what in counts()]


def test_every_figure_has_a_code_of_its_own() -> None:
    found = {code_of(figure, PLACE["snapshot_id"]) for figure in figures()}
    assert len(found) == len(figures()) > 300
    assert all(read_code(code) == (code, None) for code in found)


def test_a_code_is_the_same_on_every_machine_and_another_in_another_snapshot() -> None:
    """Written down: a change of how codes are made would make every printed one void."""
    assert code_of(FIGURE, PLACE["snapshot_id"]) == "KH-GMQY-FEYZ"
    assert code_of(FIGURE, "20260201T000000Z-bbbbbbbbbb") != code_of(FIGURE, PLACE["snapshot_id"])


def test_one_wrong_sign_and_two_that_changed_places_are_found() -> None:
    code = code_of(FIGURE, PLACE["snapshot_id"])
    signs = code.removeprefix("KH-").replace("-", "")
    wrong = [signs[:at] + sign + signs[at + 1 :] for at in range(8) for sign in SIGNS if sign != signs[at]]
    for first, second in itertools.combinations(range(8), 2):
        swapped = list(signs)
        swapped[first], swapped[second] = swapped[second], swapped[first]
        if swapped[first] != swapped[second]:
            wrong.append("".join(swapped))
    assert len(wrong) > 248
    assert {read_code(text)[1] for text in wrong} == {"check"}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (str.lower, "small letters"),
        (lambda code: code.replace("-", ""), "no dashes"),
        (lambda code: code.removeprefix("KH-"), "without KH"),
        (lambda code: " ".join(code), "spaced out"),
        (lambda code: code.translate({ord(c): ord(c) + 0xFEE0 for c in code}), "full-width"),
        (lambda code: code.replace("0", "O").replace("1", "l"), "O for 0, l for 1"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_code_is_read_however_it_is_typed(change: object, why: str) -> None:
    for figure in figures()[:60]:
        code = code_of(figure, PLACE["snapshot_id"])
        assert read_code(change(code)) == (code, None), why  # type: ignore[operator]


@pytest.mark.parametrize(
    ("typed", "fault"), [("", "length"), ("KH-F55N", "length"), ("KH-F55N-9M755", "length"), ("KH-F55N-9MU5", "signs")]
)
def test_what_is_no_code_is_told_as_such(typed: str, fault: str) -> None:
    assert read_code(typed)[1] == fault


def test_what_a_file_prints_is_kept_and_comes_back(tmp_path: Path) -> None:
    db = open_app_db(f"sqlite:///{tmp_path / 'app.db'}", b"k" * 32)
    row = {"value": 0.948, "numerator": 91, "denominator": 96, "state": "known"}
    made = made_and_kept(db, "office", "summary.xlsx", lambda: print_code(FIGURE, PLACE, row))
    found = passports.find(db, made)
    assert found is not None
    assert found.printed_in == "summary.xlsx"
    assert found.printed_value == "91/96"
    again = from_payload(made, found.snapshot_id, found.payload, printed_in=None, printed_at=None)
    assert (again.figure, again.numerator, again.denominator, again.value) == (FIGURE, 91, 96, 0.948)


def test_a_figure_that_was_only_looked_up_is_kept_as_printed_by_the_first_file(tmp_path: Path) -> None:
    db = open_app_db(f"sqlite:///{tmp_path / 'app.db'}", b"k" * 32)
    with printing() as printed:
        code = print_code(FIGURE, PLACE, {"value": 1.0, "numerator": 3, "denominator": 3, "state": "known"})
    said = []
    for where in (passports.LOOKED_AT, "first.xlsx", "second.xlsx", passports.LOOKED_AT):
        keep(db, "office", where, printed)
        found = passports.find(db, code)
        said.append(found.printed_in if found else None)
    assert said == [passports.LOOKED_AT, "first.xlsx", "first.xlsx", "first.xlsx"]


def test_two_figures_of_one_code_do_not_stop_a_file(tmp_path: Path) -> None:
    """Met by chance about once in a hundred thousand papers: the first stays, the rest of the file is kept."""
    db = open_app_db(f"sqlite:///{tmp_path / 'app.db'}", b"k" * 32)
    row = {"value": 1.0, "numerator": 3, "denominator": 3, "state": "known"}
    with printing() as printed:
        first = print_code(FIGURE, PLACE, row)
        other = print_code(Figure("missed_rate", "profile", "suntuan", "2025Q4"), PLACE, row)
    keep(db, "office", "a.xlsx", printed[:1])
    clash = replace(printed[1], code=first)
    assert keep(db, "office", "b.xlsx", [clash, *printed[1:]]) == 1
    held = passports.find(db, first)
    assert held is not None
    assert held.payload["figure"]["what"] == "coverage_rate"
    assert passports.find(db, other) is not None


def test_every_metric_says_whether_it_has_its_rows() -> None:
    held = rows_of_metrics()
    assert set(held) <= set(load_metrics()) | set(counts())
    assert rows_of(FIGURE) == "households"
    assert rows_of(Figure("measures_done", "department", "health", "2025Q4")) is None, "its rows name no department"
    without = {metric for metric in load_metrics() if metric not in held}
    assert "repeat_visits" in without
    assert len(without) < len(held)
