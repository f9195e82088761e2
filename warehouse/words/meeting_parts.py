"""What the parts of the joint-meeting page and of the meeting pack say: one sentence and one table each."""

from __future__ import annotations

import polars as pl

from warehouse.i18n import code_text, fmt_number, fmt_ratio, fmt_share, in_language, join_words, label, t, t_n
from warehouse.session import Column
from warehouse.stats.funnel import expected_outside, with_verdict
from warehouse.stats.intervals import with_share
from warehouse.stats.verdicts import side
from warehouse.words import evaluation as words
from warehouse.words.joint_meeting import Exceptions, Matter
from warehouse.words.metric import name_of

OF_AREAS = ("measures_done", "plan_in_time", "cause_matched_measures", "no_measure_one_month")
_MONITORED = (
    "newly_monitored", "monitored", "monitored_people", "unmonitored", "unmonitored_people", "at_risk_unknown",
)  # fmt: skip
_NEEDS = ("needs", "met", "planned", "without_measure")
_PUSHED = ("due", "on_time", "late", "part", "missing", "rows_read", "rows_quarantined", "warnings", "warnings_overdue")


def monitored(areas: pl.DataFrame, earlier: str) -> Exceptions:
    """Task one by area: new monitored households, and those at risk by the data that are nowhere."""
    total = {name: int(areas[name].sum() or 0) for name in _MONITORED}
    said = {name: fmt_number(total[name]) for name in _MONITORED if name != "newly_monitored"}
    with_any = fmt_number(areas.filter(pl.col("unmonitored") > 0).height)
    new = t("joint_meeting.part.new_unknown", earlier=earlier)
    if areas["newly_monitored"].is_not_null().any():
        new = t("joint_meeting.part.new", n=fmt_number(total["newly_monitored"]), earlier=earlier)
    columns = {"name": Column(t("joint_meeting.column.name"))}
    columns |= {name: Column(t(f"joint_meeting.part.{name}"), "number") for name in _MONITORED}
    return Exceptions(areas, columns, new + t("joint_meeting.part.monitored_say", with_any=with_any, **said))


def needs(frame: pl.DataFrame) -> Exceptions:
    """Task two: what monitored households need, by cause, and whether a measure of the right kind answers it."""
    shown = frame.with_columns(
        pl.Series("name", [code_text(cause) for cause in frame["cause"]], dtype=pl.String),
    )
    said = {name: fmt_number(int(frame[name].sum() or 0)) for name in _NEEDS}
    columns = {"name": Column(t("joint_meeting.part.cause"))}
    columns |= {name: Column(t(f"joint_meeting.part.{name}"), "number") for name in _NEEDS}
    key = "joint_meeting.part.needs_say" if frame.height else "joint_meeting.part.needs_none"
    return Exceptions(shown, columns, t(key, **said))


def measures_by_area(values: pl.DataFrame) -> Exceptions:
    """Task two by area: how many of how many, in each of OF_AREAS that the snapshot holds."""
    shown = values.select("area_code", "name").unique("area_code", maintain_order=True).sort("area_code")
    columns = {"name": Column(t("joint_meeting.column.name"))}
    for metric in OF_AREAS:
        part = values.filter(metric=metric)
        if part.is_empty():
            continue
        told = [words.counts_text(row) if row["denominator"] else "—" for row in part.iter_rows(named=True)]
        told_of = part.select("area_code").with_columns(pl.Series(metric, told, dtype=pl.String))
        shown = shown.join(told_of, on="area_code", how="left", maintain_order="left")
        columns[metric] = Column(name_of(metric))
    return Exceptions(shown, columns, t("joint_meeting.part.by_area"))


def measures_by_department(departments: pl.DataFrame) -> Exceptions:
    """Task two by department: measures done by their day, against all together, by exact tails."""
    owed = departments.filter(pl.col("denominator") > 0)
    done, due = (int(owed[name].sum() or 0) for name in ("numerator", "denominator"))
    judged = with_verdict(owed, done / due if due else None)
    rows = judged.to_dicts()
    shown = pl.DataFrame(
        {
            "name": [in_language(row["name"], row["name_en"]) for row in rows],
            "counts": [fmt_ratio(row["numerator"], row["denominator"]) for row in rows],
            "value": [fmt_share(row["value"]) for row in rows],
            "interval": [words.interval_text(row) for row in rows],
            "verdict": [label("verdict", row["verdict"]) for row in rows],
        },
        schema=dict.fromkeys(("name", "counts", "value", "interval", "verdict"), pl.String),
    )
    columns = {"name": Column(t("joint_meeting.column.department")), "counts": Column(t("joint_meeting.column.counts"))}
    columns["value"] = Column(t("joint_meeting.part.share"))
    columns |= {name: Column(t(f"joint_meeting.column.{name}")) for name in ("interval", "verdict")}
    key = "joint_meeting.part.by_department" if rows else "joint_meeting.part.by_department_none"
    return Exceptions(shown, columns, t(key, done=fmt_number(done), due=fmt_number(due)))


def pushes(departments: pl.DataFrame) -> Exceptions:
    """Every department: lists due and how they came, rows and how many were refused, warnings past their limit.

    A department is off when fewer of its lists came in time than chance allows at the rate of all (exact tails).
    """
    done, due = (int(departments[name].sum()) for name in ("on_time", "due"))
    p0 = done / due if due else None
    judged = with_verdict(departments, p0, "on_time", "due")
    names = [in_language(row["name"], row["name_en"]) for row in judged.iter_rows(named=True)]
    shown = judged.with_columns(
        pl.Series("name", names, dtype=pl.String),
        pl.Series("verdict", [label("verdict", verdict) for verdict in judged["verdict"]], dtype=pl.String),
    )
    shown = with_share(shown.drop("tail_low", "tail_high"), "on_time", "due")
    off = departments_off(departments)
    owing = departments.filter(pl.col("due") > 0)
    said = {
        "departments": fmt_number(departments.height),
        "owing": fmt_number(owing.height),
        "all_on_time": fmt_number(owing.filter(pl.col("on_time") == pl.col("due")).height),
        "on_time": fmt_ratio(done, due) if due else t("format.none_to_count"),
        "missing": fmt_number(int(departments["missing"].sum())),
        "late": fmt_number(int(departments["late"].sum())),
        "part": fmt_number(int(departments["part"].sum())),
        "chance": fmt_number(expected_outside(owing["due"], p0) if p0 is not None else 0, 1),
    }
    sentence = t("joint_meeting.part.pushes", **said)
    sentence += t("joint_meeting.part.pushes_off", names=join_words(off)) if off else t("joint_meeting.part.pushes_ok")
    columns = {"name": Column(t("joint_meeting.column.department"))}
    columns |= {name: Column(t(f"joint_meeting.part.{name}"), "number") for name in _PUSHED}
    return Exceptions(shown, columns | {"verdict": Column(t("joint_meeting.column.verdict"))}, sentence)


def departments_off(departments: pl.DataFrame) -> list[str]:
    """The departments fewer of whose lists came in time than chance allows, by code, each with how many of how many."""
    done, due = (int(departments[name].sum()) for name in ("on_time", "due"))
    judged = with_verdict(departments, done / due if due else None, "on_time", "due")
    return [
        t(
            "joint_meeting.decide.of",
            name=in_language(row["name"], row["name_en"]),
            n=fmt_ratio(row["on_time"], row["due"]),
        )
        for row in judged.iter_rows(named=True)
        if side(row["verdict"], "high") in ("check", "note")
    ]


def actions_matter(frame: pl.DataFrame) -> Matter | None:
    """Actions of earlier meetings past their day, as a matter for decision; null where there are none."""
    late = frame.filter(state="overdue")
    if late.is_empty():
        return None
    carried = late.filter(pl.col("is_carried").fill_null(False)).height
    where = t("joint_meeting.actions.carried", n=fmt_number(carried)) if carried else ""
    amount = t_n("joint_meeting.amount.items", late.height)
    told = t("joint_meeting.decide.actions")
    return Matter("actions", told, late.height, amount, where, "joint_meeting", {"section": "actions"})
