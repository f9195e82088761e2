"""What the joint-meeting page says: findings, headline cards, the three tasks, exceptions and matters for decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import polars as pl
from scipy.special import pdtrc

from warehouse.charts.cards import MetricCard, metric_card
from warehouse.i18n import (
    fmt_month,
    fmt_number,
    fmt_points,
    fmt_ratio,
    fmt_share,
    fmt_signed,
    in_language,
    join_words,
    label,
    t,
    t_n,
)
from warehouse.metrics import load_metrics
from warehouse.queries.joint_meeting import COMPARED, Meeting
from warehouse.session import Column
from warehouse.stats.funnel import expected_outside, hazard_limit, with_verdict
from warehouse.stats.verdicts import hazard_sentence, side
from warehouse.words import evaluation as words
from warehouse.words.metric import definition, name_of

NAMED: Final = 5
# The page that explains each headline figure, and what its link carries.
PAGES: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "coverage_rate": ("coverage", {}),
    "missed_rate": ("coverage", {}),
    "ineligible_rate": ("coverage", {}),
    "monitored_rate": ("coverage", {}),
    "warning_checked_in_time": ("evaluation", {"metric": "warning_checked_in_time"}),
    "rectified_in_time": ("look_back", {}),
    "lookback_coverage": ("look_back", {}),
    "push_on_time": ("evaluation", {"metric": "push_on_time"}),
    "income_known": ("evaluation", {"metric": "income_known"}),
}
# These lead with how many households, the share beside it: it is households that someone has to visit.
_COUNTED: Final = {"missed_rate": "suspected_missed", "ineligible_rate": "suspected_ineligible"}  # by their gap


# The figures of task two.
OF_MEASURES: Final = ("plan_in_time", "measures_done", "no_measure_one_month", "file_complete", "elimination_sound")
# What a matter counts, where it is not households.
_AMOUNTS: Final[Mapping[str, str]] = {
    "single_cover_missed": "format.persons",
    "issues": "joint_meeting.amount.problems",
    "warnings": "joint_meeting.amount.warnings",
    "hazard": "joint_meeting.amount.warnings",
    "measures": "joint_meeting.amount.items",
    "actions": "joint_meeting.amount.items",
    "lists": "joint_meeting.amount.lists",
}
# The offices that must act, the first of them that the place has; the taskforce office (town) is everywhere.
_CIVIL_AFFAIRS: Final = ("civil_affairs", "town")
_REVITALISATION: Final = ("rural_revitalisation", "banner_revitalisation", "town")
_OWNERS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("missed", "ineligible", "dropped", "dead_or_moved_active", "unknown"), _CIVIL_AFFAIRS),
    "single_cover_missed": _CIVIL_AFFAIRS,
    **dict.fromkeys(("unmonitored", "no_measure", "measures", "hazard"), _REVITALISATION),
}


@dataclass(frozen=True)
class Headline:
    """A headline card, the lines under its value, how it is counted, and the page that explains it."""

    card: MetricCard
    lines: tuple[str, ...]
    definition: str
    page: str
    query: Mapping[str, str]


@dataclass(frozen=True)
class Matter:
    """A matter for decision: what it is, how many it touches, where and who, and the page behind it.

    key: the same for the same matter at every meeting (`missed`, `hazard:area:<code>`), never a household's. owners:
    codes of the departments that must act, the first of them that the place has.
    """

    key: str
    matter: str
    touched: int
    amount: str
    where: str
    page: str
    query: Mapping[str, str]
    owners: tuple[str, ...] = ("town",)

    @property
    def is_of_households(self) -> bool:
        """Whether it counts households, not problems, warnings or lists."""
        return self.key.split(":")[0] not in _AMOUNTS

    def owner(self, departments: Mapping[str, str]) -> str:
        """The code of the department that must act, of those the place has (code -> name)."""
        return next((code for code in self.owners if code in departments), next(iter(departments), ""))

    def proposal(self, owner: str) -> str:
        """A wording that the meeting may decide; `owner` names the office that acts."""
        kind = self.key.split(":")[0]
        return t(f"joint_meeting.propose.{kind}", owner=owner, amount=self.amount, matter=self.matter)


def rows_of(meeting: Meeting) -> dict[str, dict[str, Any]]:
    """The metrics of the period by id."""
    return {row["metric"]: row for row in meeting.metrics.iter_rows(named=True)}


# -- findings ---------------------------------------------------------------------------------------------------------


def findings(
    meeting: Meeting, compared: pl.DataFrame, place: str, earlier: str, titles: Mapping[str, str]
) -> list[str]:
    """Two to four sentences: cover, villages, time, lists. `compared` as of judged(); `titles` names the lists."""
    rows = rows_of(meeting)
    said = [
        cover_say(rows, earlier, titles),
        areas_say(compared, place),
        _time(meeting, rows, earlier),
        lists_say(meeting, rows),
    ]
    return [sentence for sentence in said if sentence]


def cover_say(rows: Mapping[str, dict[str, Any]], earlier: str, titles: Mapping[str, str]) -> str | None:
    cover, missed = rows.get("coverage_rate"), rows.get("missed_rate")
    if cover is None or missed is None:
        return None
    if cover["state"] != "known":
        lists = words.list_names(cover["lists_missing"], titles)
        return t(f"joint_meeting.find.cover_{cover['state']}", lists=lists)
    unknown = int(cover["unknown"] or 0)
    told = t(
        "joint_meeting.find.cover",
        eligible=fmt_number(cover["denominator"]),
        covered=fmt_number(cover["numerator"]),
        share=fmt_share(cover["value"]),
        missed=fmt_number(missed["numerator"]),
        people=fmt_number(missed["numerator_people"]),
        change=words.change_text(missed, earlier),
    )
    return told + (t("joint_meeting.find.cover.unknown", n=fmt_number(unknown)) if unknown else "")


def judged(meeting: Meeting) -> pl.DataFrame:
    """Every village against the whole in every compared metric, by exact tails.

    Returns: one row per metric and village, in the order of metrics and codes: metric, area_code, name, numerator,
    denominator, value, low, high, p0, verdict, tone (check, note: the worse side; better; plain; unknown).
    """
    rows, parts = rows_of(meeting), []
    for metric in COMPARED:
        part = meeting.villages.filter(pl.col("metric") == metric)
        whole = rows.get(metric)
        if part.is_empty() or whole is None or not whole["denominator"]:
            continue
        p0 = whole["numerator"] / whole["denominator"]
        part = with_verdict(part, p0)
        tones = [side(verdict, words.better(metric)) for verdict in part["verdict"]]
        parts.append(part.with_columns(pl.lit(p0).alias("p0"), pl.Series("tone", tones, dtype=pl.String)))
    return pl.concat(parts) if parts else pl.DataFrame(schema={"metric": pl.String, "tone": pl.String})


def by_chance(frame: pl.DataFrame) -> float:
    """How many of these comparisons chance alone puts outside the note limits, on either side."""
    parts = frame.partition_by("metric", include_key=True)
    return sum(_outside(tuple(part["denominator"]), part["p0"][0]) for part in parts)


@lru_cache(maxsize=1_000)
def _outside(denominators: tuple[int, ...], p0: float) -> float:
    return expected_outside(list(denominators), p0)


def areas_say(frame: pl.DataFrame, place: str) -> str | None:
    if frame.is_empty():
        return None
    said = {
        "villages": fmt_number(frame["area_code"].n_unique()),
        "metrics": fmt_number(frame["metric"].n_unique()),
        "place": place,
        "expected": fmt_number(by_chance(frame), 1),
    }
    check, note = (frame.filter(pl.col("tone") == tone) for tone in ("check", "note"))
    if check.is_empty() and note.is_empty():
        return t("joint_meeting.find.where_none", **said)
    if check.is_empty():
        return t("joint_meeting.find.where_note", n=fmt_number(note.height), **said)
    notes = t("joint_meeting.find.where.note", n=fmt_number(note.height)) if note.height else ""
    return t("joint_meeting.find.where", named=_named(check), notes=notes, **said)


def _named(frame: pl.DataFrame) -> str:
    """Villages with the metrics they stand out in: 燕头村（疑似漏保率 9/41）."""
    said = [
        t("joint_meeting.find.village", name=row["name"], metric=name_of(row["metric"]), counts=words.counts_text(row))
        for row in frame.sort("area_code", maintain_order=True).iter_rows(named=True)
    ]
    listed = join_words(said[:NAMED])
    return listed if len(said) <= NAMED else t("verdict.villages.more", listed=listed, n=len(said))


def _time(meeting: Meeting, rows: Mapping[str, dict[str, Any]], earlier: str) -> str | None:
    checked, overdue = rows.get("warning_checked_in_time"), int(meeting.open_warnings["overdue"].sum())
    late = int((meeting.issues["overdue"] + meeting.issues["failed"]).sum())
    visits = {
        key: words.value_text(rows[metric])
        for key, metric in (("inspected", "inspection_coverage"), ("looked_back", "lookback_coverage"))
        if metric in rows and rows[metric]["state"] == "known"
    }
    if checked is None:
        return None
    warned = t("joint_meeting.find.time_unknown")
    if checked["state"] == "known":
        warned = t(
            "joint_meeting.find.time_warnings",
            due=fmt_number(checked["denominator"]),
            done=fmt_number(checked["numerator"]),
            share=fmt_share(checked["value"]),
            change=words.change_text(checked, earlier),
        )
    said = t("joint_meeting.find.time", warned=warned, overdue=fmt_number(overdue), late=fmt_number(late))
    return said + t("joint_meeting.find.visits", **visits) if len(visits) == 2 else said


def lists_say(meeting: Meeting, rows: Mapping[str, dict[str, Any]]) -> str:
    """Which lists of the period or due in it have not come, what that leaves unknown; how many came late."""
    missing = meeting.lists.filter(pl.col("state") == "missing")
    late = meeting.lists.filter((pl.col("state") == "late") & pl.col("is_due_in_period")).height
    part = _in_part(meeting.lists)
    if missing.is_empty():
        key = "late" if late else "in_part" if part else "complete"
        return t(f"joint_meeting.find.lists_{key}", late=fmt_number(late)) + part
    names = [
        t(
            "joint_meeting.find.list",
            title=in_language(row["title"], row["title_en"]),
            department=in_language(row["department"], row["department_en"]),
            month=fmt_month(row["month"]),
        )
        for row in missing.iter_rows(named=True)
    ]
    listed = join_words(names[:NAMED])
    if len(names) > NAMED:
        listed = t("verdict.villages.more", listed=listed, n=len(names))
    kinds = [kind for kind in ("warning", "register", "asset", "ledger") if kind in set(missing["kind"])]
    unknown = "".join(t(f"joint_meeting.find.unknown_{kind}") for kind in kinds)
    lost = [name_of(row["metric"]) for row in rows.values() if row["state"] == "list_missing"]
    if lost:
        unknown += t("joint_meeting.find.unknown_metrics", metrics=join_words(lost))
    told = t("joint_meeting.find.lists", lists=listed, unknown=unknown).rstrip()
    return told + (t("joint_meeting.find.lists.late", n=fmt_number(late)) if late else "") + part


def _in_part(lists: pl.DataFrame) -> str:
    """Which lists some towns did not send, with these towns; nothing where every town did."""
    rows = lists.filter(pl.col("state") == "part").iter_rows(named=True)
    names = [
        t(
            "joint_meeting.find.list_part",
            title=in_language(row["title"], row["title_en"]),
            towns=join_words(row["towns_missing"].split("、")),
            month=fmt_month(row["month"]),
        )
        for row in rows
    ]
    listed = join_words(names[:NAMED])
    if len(names) > NAMED:
        listed = t("verdict.villages.more", listed=listed, n=len(names))
    return t("joint_meeting.find.lists_part", lists=listed) if names else ""


# -- headline cards ---------------------------------------------------------------------------------------------------


def headlines(meeting: Meeting, earlier: str, titles: Mapping[str, str]) -> list[Headline]:
    """The headline cards in their order; metrics that the snapshot does not hold are left out."""
    rows = rows_of(meeting)
    return [_headline(rows[metric], earlier, titles) for metric in PAGES if metric in rows]


def _headline(row: dict[str, Any], earlier: str, titles: Mapping[str, str]) -> Headline:
    metric = row["metric"]
    before = {"numerator": row["earlier_numerator"], "denominator": row["earlier_denominator"]}
    missing = words.list_names(row["lists_missing"], titles)
    card = metric_card(
        row,
        before,
        name=name_of(metric),
        better=words.better(metric),
        earlier_name=earlier,
        missing=missing or None,
    )
    page, query = PAGES[metric]
    moved = _moved(row, earlier)
    said: tuple[str | None, ...] = (moved, _counts(card), card.target, card.unknown, card.state)
    if row["state"] == "known" and metric in _COUNTED:
        counted = t("joint_meeting.card.households", n=fmt_number(row["numerator"]))
        card = replace(card, name=label("gap", _COUNTED[metric]), value=counted)
        people = (
            t("joint_meeting.card.people", n=fmt_number(row["numerator_people"])) if row["numerator_people"] else None
        )
        share = t("joint_meeting.card.share", share=fmt_share(row["value"]), of=fmt_number(row["denominator"]))
        said = (moved, people, f"{share} · {card.interval}", card.target, card.unknown)
    if row["state"] == "known" and row["low"] is None:  # all villages are counted: no interval, no chance
        card = replace(card, value=words.value_text(row))
        left = row["denominator"] - row["numerator"]
        target = t(
            "joint_meeting.card.villages_left" if left else "joint_meeting.card.villages_done", n=fmt_number(left)
        )
        was = fmt_ratio(row["earlier_numerator"], row["earlier_denominator"]) if row["earlier_denominator"] else None
        said = (target, t("joint_meeting.card.was", earlier=earlier, was=was) if was else None, card.unknown)
    lines = tuple(line for line in said if line)
    return Headline(card, lines, definition(load_metrics()[metric], row["period"]), page, query)


def _moved(row: Mapping[str, Any], earlier: str) -> str | None:
    """The change against the period before, its verdict first."""
    if row["state"] != "known":
        return None
    found = words.change_of(row)
    word = t(f"joint_meeting.change.{words.tone_of(found, words.better(row['metric']))}")
    if found.kind == "unknown":
        return t("joint_meeting.change.line_unknown", word=word, earlier=earlier)
    low, high = (fmt_signed((bound or 0) * 100, 1) for bound in (found.low, found.high))
    gap = fmt_points(found.gap)
    return t("joint_meeting.change.line", word=word, earlier=earlier, gap=gap, low=low, high=high)


def _counts(card: MetricCard) -> str | None:
    return f"{card.counts} · {card.interval}" if card.counts and card.interval else card.counts


# -- the three tasks of YL-2a -----------------------------------------------------------------------------------------


def identified(meeting: Meeting, earlier: str) -> list[str]:
    """Task one: new monitored households identified."""
    said = []
    if meeting.totals.height:
        now = meeting.totals.row(-1, named=True)
        if meeting.totals.height == 2:
            new = now["ever_monitored"] - meeting.totals.row(0, named=True)["ever_monitored"]
            said.append(t("joint_meeting.task.new_monitored", n=fmt_number(new), earlier=earlier))
        for key, column in (("monitored", "monitored"), ("unmonitored", "unmonitored")):
            counts = {"n": fmt_number(now[column]), "people": fmt_number(now[f"{column}_people"])}
            said.append(t(f"joint_meeting.task.{key}", **counts))
    return said + _metric_lines(meeting, ("identified_in_time", "publicity_met"), earlier)


def measures(meeting: Meeting, earlier: str) -> list[str]:
    """Task two: checks of measures."""
    return _metric_lines(meeting, OF_MEASURES, earlier)


def _metric_lines(meeting: Meeting, metrics: tuple[str, ...], earlier: str) -> list[str]:
    rows = rows_of(meeting)
    return [_metric_line(rows[metric], earlier) for metric in metrics if metric in rows]


def _metric_line(row: Mapping[str, Any], earlier: str) -> str:
    said = {"name": name_of(row["metric"]), "value": words.value_text(row)}
    if row["state"] != "known":
        return t("joint_meeting.task.no_value", **said)
    said |= {"counts": words.counts_text(row), "change": words.change_short(row)}
    if not (interval := words.interval_text(row)):
        return t("joint_meeting.task.count", **said)
    return t("joint_meeting.task.metric", interval=interval, **said)


@dataclass(frozen=True)
class Hazards:
    """Which comparisons of new warnings are over the limit. found: rows of queries.joint_meeting.hazards with `said`,
    the sentence; tested: comparisons made; chance: how many of them chance alone puts over the limit."""

    found: tuple[Mapping[str, Any], ...]
    tested: int
    chance: float


def hazards_found(meeting: Meeting) -> Hazards:
    """Villages and causes, month by month, against the upper 99.8% Poisson limit. Source: YL-2a."""
    rows = meeting.hazards.filter(pl.col("expected_warnings").fill_null(0) > 0)
    chance, found = 0.0, []
    for row in rows.iter_rows(named=True):
        limit = hazard_limit(row["expected_warnings"])
        chance += float(pdtrc(limit - 1, row["expected_warnings"]))
        if row["new_warnings"] >= limit:
            name = label("cause", row["code"]) if row["kind"] == "cause" else row["name"]
            sentence = hazard_sentence(name, row["new_warnings"], row["expected_warnings"])
            said = t("joint_meeting.task.hazard", month=fmt_month(row["month"]), sentence=sentence)
            found.append({**row, "name": name, "said": said})
    return Hazards(tuple(found), rows.height, chance)


def hazards(meeting: Meeting) -> list[str]:
    """Task three: villages and causes whose new warnings exceed the upper 99.8% Poisson limit, and what chance does."""
    judged = hazards_found(meeting)
    villages = meeting.hazards.filter(pl.col("kind") == "village")
    if not judged.tested:
        return [t("joint_meeting.task.no_rate", n=fmt_number(int(villages["new_warnings"].sum())))]
    known = villages.filter(pl.col("expected_warnings").is_not_null())
    total = {"n": int(known["new_warnings"].sum()), "expected": float(known["expected_warnings"].sum())}
    said = [t("joint_meeting.task.warnings", n=fmt_number(total["n"]), expected=fmt_number(total["expected"], 0))]
    key = "hazard_chance" if judged.found else "hazard_none"
    counted = {"tested": fmt_number(judged.tested), "chance": fmt_number(judged.chance, 2)}
    return [*said, *(row["said"] for row in judged.found), t(f"joint_meeting.task.{key}", **counted)]


# -- exceptions -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Exceptions:
    """Rows outside limits, how they are shown, and the sentence above them."""

    frame: pl.DataFrame
    columns: Mapping[str, Column]
    sentence: str


def off_title(frame: pl.DataFrame) -> str:
    """How many of the comparisons (judged) are to be checked, and how many only to be noted."""
    counts = {tone: fmt_number(frame.filter(pl.col("tone") == tone).height) for tone in ("check", "note")}
    return t("joint_meeting.off.title", **counts)


def off_chance(frame: pl.DataFrame) -> str:
    """How many of the comparisons chance alone would set apart; empty where there are none."""
    if frame.is_empty():
        return ""
    compared = fmt_number(frame.filter(pl.col("denominator") > 0).height)
    return t("joint_meeting.off.chance", compared=compared, expected=fmt_number(by_chance(frame), 1))


def villages_off(frame: pl.DataFrame, place: str) -> Exceptions:
    """Villages worse than the whole by more than chance, metric by metric, in the order of their codes."""
    rows = frame.filter(pl.col("tone").is_in(["check", "note"])).sort("area_code", maintain_order=True).to_dicts()
    shown = pl.DataFrame(
        {
            "area_code": [row["area_code"] for row in rows],
            "name": [row["name"] for row in rows],
            "metric_id": [row["metric"] for row in rows],
            "metric": [name_of(row["metric"]) for row in rows],
            "counts": [words.counts_text(row) for row in rows],
            "value": [fmt_share(row["value"]) for row in rows],
            "interval": [words.interval_text(row) for row in rows],
            "p0": [fmt_share(row["p0"]) for row in rows],
            "verdict": [label("verdict", row["verdict"]) for row in rows],
        }
    )
    good = frame.filter(pl.col("tone") == "better").height
    sentence = t(
        "joint_meeting.off.villages" if rows else "joint_meeting.off.villages_none",
        n=fmt_number(len(rows)),
        compared=fmt_number(frame.filter(pl.col("denominator") > 0).height) if frame.height else "0",
        expected=fmt_number(by_chance(frame), 1) if frame.height else "0",
        place=place,
    )
    if good:
        sentence += t("joint_meeting.off.better", place=place, n=fmt_number(good))
    names = ("name", "metric", "counts", "value", "interval", "p0", "verdict")
    columns = {name: Column(t(f"joint_meeting.column.{name}", place=place)) for name in names}
    return Exceptions(shown, columns, sentence)


def lists_off(lists: pl.DataFrame, push: Mapping[str, Any] | None) -> Exceptions:
    """Lists that came late or not at all, by department."""
    rows = lists.to_dicts()
    shown = lists.with_columns(
        pl.Series("title", [in_language(row["title"], row["title_en"]) for row in rows], dtype=pl.String),
        pl.Series(
            "department", [in_language(row["department"], row["department_en"]) for row in rows], dtype=pl.String
        ),
        pl.Series("state", [label("push_state", row["state"]) for row in rows], dtype=pl.String),
    )
    counted = push is not None and push["state"] == "known"
    sentence = t(
        "joint_meeting.off.lists" if rows else "joint_meeting.off.lists_none",
        on_time=fmt_ratio(push["numerator"], push["denominator"]) if push and counted else t("format.none_to_count"),
        departments=fmt_number(lists["owner"].n_unique()),
    )
    kinds = {"month": "month", "due_on": "date", "received_on": "date", "days_late": "number"}
    names = ("department", "title", "month", "due_on", "received_on", "days_late", "state")
    columns = {name: Column(t(f"joint_meeting.column.{name}"), kinds.get(name, "text")) for name in names}  # type: ignore[arg-type]
    return Exceptions(shown, columns, sentence)


def issues_off(issues: pl.DataFrame) -> Exceptions:
    """Villages with problems past their day or with failed look-backs, in the order of their codes."""
    shown = issues.filter(pl.col("overdue") + pl.col("failed") > 0)
    sentence = t(
        "joint_meeting.off.issues" if shown.height else "joint_meeting.off.issues_none",
        overdue=fmt_number(int(issues["overdue"].sum())),
        failed=fmt_number(int(issues["failed"].sum())),
        villages=fmt_number(shown.height),
    )
    columns = {"name": Column(t("joint_meeting.column.name"), width="small")}
    for name in ("overdue", "failed", "awaiting"):
        columns[name] = Column(t(f"joint_meeting.column.{name}"), "number", width="small")
    return Exceptions(shown, columns, sentence)


# -- matters for decision ---------------------------------------------------------------------------------------------


def matters(meeting: Meeting, compared: pl.DataFrame, *more: Matter | None) -> list[Matter]:
    """What the meeting has to settle, most households or items first; what touches nobody is left out."""
    found = [*_gap_matters(meeting, compared), *_metric_matters(meeting, compared), *_hazard_matters(meeting)]
    late = int((meeting.issues["overdue"] + meeting.issues["failed"]).sum())
    villages = meeting.issues.filter(pl.col("overdue") + pl.col("failed") > 0).height
    where = t("joint_meeting.decide.in_villages", n=fmt_number(villages))
    found.append(_matter("issues", late, where, "look_back", {}))
    overdue = int(meeting.open_warnings["overdue"].sum())
    by = [
        t("joint_meeting.decide.of", name=in_language(row["name"], row["name_en"]), n=fmt_number(row["overdue"]))
        for row in meeting.open_warnings.iter_rows(named=True)
    ]
    to = {"metric": "warning_checked_in_time"}
    found += [_matter("warnings", overdue, join_words(by), "evaluation", to), _lists_matter(meeting)]
    found += [matter for matter in more if matter is not None]
    return sorted((matter for matter in found if matter.touched), key=lambda matter: -matter.touched)


def _lists_matter(meeting: Meeting) -> Matter:
    """Lists of the period or due in it that have not come; the department acts if it is only one."""
    missing = meeting.lists.filter(pl.col("state") == "missing")
    named = [in_language(row["title"], row["title_en"]) for row in missing.iter_rows(named=True)]
    where = join_words(named[:NAMED])
    if len(named) > NAMED:
        where = t("verdict.villages.more", listed=where, n=len(named))
    owners = missing["owner"].unique().to_list()
    matter = _matter("lists", missing.height, where, "evaluation", {"metric": "push_on_time"})
    return replace(matter, owners=(owners[0], "town")) if len(owners) == 1 else matter


def _hazard_matters(meeting: Meeting) -> list[Matter]:
    """One matter for each area or cause that was over its limit in any month of the period."""
    over: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in hazards_found(meeting).found:
        over.setdefault((row["kind"], row["code"]), []).append(row)
    return [
        _matter(
            "hazard",
            sum(row["new_warnings"] for row in rows),
            rows[0]["said"],
            "joint_meeting",
            {"section": "hazards"},
            key=f"hazard:{'area' if kind == 'village' else 'cause'}:{code}",
            name_of_it=rows[0]["name"],
        )
        for (kind, code), rows in over.items()
    ]


def _gap_matters(meeting: Meeting, frame: pl.DataFrame) -> list[Matter]:
    if meeting.totals.is_empty():
        return []
    now = meeting.totals.row(-1, named=True)
    told = {"missed": "missed_rate", "ineligible": "ineligible_rate", "unmonitored": "monitored_rate"}
    found = [
        _matter(name, now[name], _off(frame, metric), "coverage", {}, now[f"{name}_people"])
        for name, metric in told.items()
    ]
    found += [
        _matter(name, now[name], "", "coverage", {})
        for name in ("single_cover_missed", "dead_or_moved_active", "dropped")
    ]
    unknown = _matter(
        "unknown", now["eligible_unknown"], _off(frame, "income_known"), "evaluation", {"metric": "income_known"}
    )
    return [*found, unknown]


def _metric_matters(meeting: Meeting, frame: pl.DataFrame) -> list[Matter]:
    rows, found = rows_of(meeting), []
    survey = rows.get("survey_coverage")
    if survey and survey["state"] == "known":
        left = survey["denominator"] - survey["numerator"]
        found.append(
            _matter("unvisited", left, _off(frame, "survey_coverage"), "evaluation", {"metric": "survey_coverage"})
        )
    helped = rows.get("no_measure_one_month")
    if helped and helped["state"] == "known":
        found.append(_matter("no_measure", helped["numerator"], "", "evaluation", {"metric": "no_measure_one_month"}))
    due = rows.get("measures_done")
    if due and due["state"] == "known":
        left = due["denominator"] - due["numerator"]
        where = _off(frame, "measures_done")
        found.append(_matter("measures", left, where, "joint_meeting", {"section": "measures"}))
    return found


def _off(frame: pl.DataFrame, metric: str) -> str:
    """Which villages stand out in the metric on the worse side, or that none does."""
    part = frame.filter((pl.col("metric") == metric) & pl.col("tone").is_in(["check", "note"]))
    if part.is_empty():
        return t("joint_meeting.decide.no_village")
    said = [
        t(
            "joint_meeting.decide.village",
            name=row["name"],
            counts=words.counts_text(row),
            verdict=label("verdict", row["verdict"]),
        )
        for row in part.iter_rows(named=True)
    ]
    return (
        join_words(said[:NAMED])
        if len(said) <= NAMED
        else t("verdict.villages.more", listed=join_words(said[:NAMED]), n=len(said))
    )


def _matter(
    kind: str,
    touched: int,
    where: str,
    page: str,
    query: Mapping[str, str],
    people: int | None = None,
    *,
    key: str | None = None,
    name_of_it: str = "",
) -> Matter:
    amount = t_n(_AMOUNTS.get(kind, "format.households"), touched)
    if people:
        amount = t("joint_meeting.decide.with_people", amount=amount, people=fmt_number(people))
    told = t(f"joint_meeting.decide.{kind}", name=name_of_it)
    return Matter(key or kind, told, touched, amount, where, page, query, _OWNERS.get(kind, ("town",)))
