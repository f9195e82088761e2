"""The joint meeting as screens: one question each, its answer as the title, and one picture, table or set of figures.

A screen without content is left out. What is drawn of a screen stands in sections/present.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import polars as pl

from warehouse.i18n import (
    code_text,
    fmt_date,
    fmt_number,
    fmt_ratio,
    fmt_share,
    in_language,
    join_words,
    t,
    t_counts,
)
from warehouse.passports import code_of
from warehouse.queries import joint_meeting as asks
from warehouse.queries.joint_meeting import HEADLINES
from warehouse.queries.passport import own_figure
from warehouse.sections.meeting_shown import Shown
from warehouse.session import snapshot
from warehouse.stats.funnel import expected_outside
from warehouse.words import decided
from warehouse.words import evaluation as metrics
from warehouse.words import joint_meeting as words
from warehouse.words import meeting_parts as parts
from warehouse.words.joint_meeting import Matter
from warehouse.words.metric import name_of

Part = Literal["agenda", "decided", "stand", "tasks", "exceptions", "departments", "matters", "made"]
PARTS: Final[tuple[Part, ...]] = ("agenda", "decided", "stand", "tasks", "exceptions", "departments", "matters", "made")
ROWS: Final = 8
_NAMED: Final = 4


@dataclass(frozen=True)
class Big:
    """A figure in big type: its value, what it is, and a few words; code: of its passport."""

    value: str
    name: str
    words: str = ""
    code: str = ""
    is_main: bool = False


@dataclass(frozen=True)
class Grid:
    """A table of words with at most eight rows. numbers: places of columns set to the right."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()

    @property
    def is_narrow(self) -> bool:
        """Whether the whole width would part a number from what it counts."""
        return len(self.heads) == 2 and bool(self.numbers)


@dataclass(frozen=True)
class Screen:
    """One screen. title: the finding. points: sentences. metric: whose funnel is drawn. notes: what villages say."""

    part: Part
    key: str
    title: str
    figures: tuple[Big, ...] = ()
    points: tuple[str, ...] = ()
    grid: Grid | None = None
    metric: str | None = None
    matter: Matter | None = None
    notes: tuple[str, ...] = ()
    code: str = ""


def screens(shown: Shown) -> list[Screen]:
    """All screens that have content, in the order of the meeting; the agenda says what is on them."""
    found = [
        *_decided(shown),
        *_stand(shown),
        *_tasks(shown),
        *_exceptions(shown),
        *_departments(shown),
        *(_matter(shown, matter) for matter in shown.matters),
        *_made(shown),
    ]
    return [_agenda(shown, found), *found]


def _code(shown: Shown, row: Mapping[str, Any]) -> str:
    return code_of(own_figure(row), snapshot().snapshot_id)


def _agenda(shown: Shown, found: Sequence[Screen]) -> Screen:
    rows = []
    for part in PARTS[1:]:
        of_it = [screen for screen in found if screen.part == part]
        if of_it:
            said = t("present.agenda.matters", n=len(of_it)) if part == "matters" else of_it[0].title
            rows.append((str(found.index(of_it[0]) + 2), t(f"present.part.{part}"), said))
    heads = tuple(t(f"present.agenda.{name}") for name in ("screen", "part", "finding"))
    title = t("present.agenda.title", place=shown.place, period=shown.filters.label)
    return Screen("agenda", "agenda", title, grid=Grid(heads, tuple(rows), frozenset({0})))


# -- what became of earlier decisions ---------------------------------------------------------------------------------


def _decided(shown: Shown) -> list[Screen]:
    frame = shown.decided
    if frame.is_empty():
        return []
    counts = {state: frame.filter(state=state).height for state in ("within", "over", "open", "overdue")}
    late = decided.carried(frame)
    ledger, recorded = (frame.filter(source=source).height for source in ("ledger", "recorded"))
    sources = [t("present.decided.sources", ledger=fmt_number(ledger), ledger_on=fmt_date(shown.ledger_on))]
    if recorded:
        sources.append(t("present.decided.recorded", n=fmt_number(recorded)))
    figures = [
        _big(counts["within"] + counts["over"], "done", t("present.decided.done_late", n=fmt_number(counts["over"]))),
        _big(counts["open"], "open"),
        _big(counts["overdue"], "overdue"),
        _big(late.height, "carried", is_main=True),
    ]
    made = [
        Screen(
            "decided",
            "decided",
            decided.headline(frame),
            figures=tuple(figures),
            points=(join_words(sources),),
        )
    ]
    if late.height:
        title = t("present.decided.carried_title", n=fmt_number(late.height))
        made.append(_listed("carried", title, late))
    rest = frame.filter(~pl.col("is_carried").fill_null(False), pl.col("state").is_in(["overdue", "open"]))
    if rest.height:
        overdue = rest.filter(state="overdue").height
        title = t("present.decided.rest_title", n=fmt_number(rest.height), overdue=fmt_number(overdue))
        made.append(_listed("unsettled", title, rest))
    return made


def _big(n: int, name: str, words: str = "", *, is_main: bool = False) -> Big:
    return Big(fmt_number(n), t(f"present.figure.{name}"), words, is_main=is_main)


def _listed(key: str, title: str, frame: pl.DataFrame) -> Screen:
    heads = tuple(t(f"decided.column.{name}") for name in ("text", "owner", "due_on", "state", "source"))
    rows = tuple(
        (
            row["text"],
            row["owner"],
            fmt_date(row["due_on"]),
            f"**{decided.lateness(row)}**" if row["state"] == "overdue" else decided.lateness(row),
            t(f"decided.source.{row['source']}"),
        )
        for row in frame.head(ROWS).iter_rows(named=True)
    )
    left = frame.height - len(rows)
    return Screen("decided", key, title, grid=Grid(heads, rows), points=_left(left))


def _left(n: int) -> tuple[str, ...]:
    """That a table holds only its first rows."""
    return (t("present.left", n=fmt_number(n)),) if n > 0 else ()


# -- how we stand -----------------------------------------------------------------------------------------------------


def _stand(shown: Shown) -> list[Screen]:
    rows = words.rows_of(shown.meeting)
    cover, missed, made = rows.get("coverage_rate"), rows.get("missed_rate"), []
    if cover and missed and cover["state"] == "known":
        people = t("joint_meeting.card.people", n=fmt_number(missed["numerator_people"] or 0))
        figures = (
            Big(metrics.value_text(cover), name_of("coverage_rate"), metrics.counts_text(cover), _code(shown, cover)),
            Big(
                t("joint_meeting.card.households", n=fmt_number(missed["numerator"])),
                t("present.figure.missed"),
                people,
                _code(shown, missed),
                is_main=True,
            ),
            Big(t("joint_meeting.card.households", n=fmt_number(cover["unknown"])), t("present.figure.unknown")),
        )
        title = t(
            "present.stand.title",
            eligible=fmt_number(cover["denominator"]),
            covered=fmt_number(cover["numerator"]),
            missed=fmt_number(missed["numerator"]),
        )
        said = t("present.stand.change", change=metrics.change_text(missed, shown.earlier))
        made.append(Screen("stand", "stand", title, figures, (said,)))
    known = [rows[metric] for metric in HEADLINES if metric in rows]
    if known:
        tones = [metrics.tone_of(metrics.change_of(row), metrics.better(row["metric"])) for row in known]
        counts = {"better": tones.count("better"), "worse": tones.count("worse")}
        moved = t_counts("present.stand.moved", counts)
        key = "present.stand.figures" if moved else "present.stand.figures_same"
        title = t(key, n=fmt_number(len(known)), earlier=shown.earlier, moved=moved)
        made.append(Screen("stand", "figures", title, headline_figures(shown)))
    return made


def headline_figures(shown: Shown) -> tuple[Big, ...]:
    """The headline figures, each with its change and target in a few words; main ones are clearly worse."""
    rows = words.rows_of(shown.meeting)
    return tuple(_headline(shown, rows[metric]) for metric in HEADLINES if metric in rows)


def _headline(shown: Shown, row: Mapping[str, Any]) -> Big:
    """A headline figure: value, change in a word, target."""
    if row["state"] != "known":
        return Big(metrics.value_text(row), name_of(row["metric"]))
    tone = metrics.tone_of(metrics.change_of(row), metrics.better(row["metric"]))
    said = [metrics.counts_text(row)] if metrics.counts_text(row) != metrics.value_text(row) else []
    said.append(metrics.change_short(row) if tone == "unknown" else t(f"joint_meeting.change.{tone}"))
    if row["target"] is not None:
        said.append(t("present.target", target=fmt_share(row["target"], 0)))
    return Big(
        metrics.value_text(row), name_of(row["metric"]), " · ".join(said), _code(shown, row), is_main=tone == "worse"
    )


# -- the three tasks of YL-2a -----------------------------------------------------------------------------------------


def _tasks(shown: Shown) -> list[Screen]:
    return [screen for screen in (_identified(shown), _measures(shown), _hazards(shown)) if screen]


def _identified(shown: Shown) -> Screen | None:
    totals = shown.meeting.totals
    if totals.is_empty():
        return None
    now = totals.row(-1, named=True)
    new = now["ever_monitored"] - totals.row(0, named=True)["ever_monitored"] if totals.height == 2 else None
    figures = [_households(now, "monitored"), _households(now, "unmonitored", is_main=True)]
    if new is not None:
        of_new = t("joint_meeting.card.households", n=fmt_number(new))
        figures.insert(0, Big(of_new, t("present.figure.new"), t("present.since", earlier=shown.earlier)))
    key = "present.task.1" if new is not None else "present.task.1_first"
    title = t(key, new=fmt_number(new), earlier=shown.earlier, nowhere=fmt_number(now["unmonitored"]))
    points = words.identified(shown.meeting, shown.earlier)[-2:]
    return Screen("tasks", "task_1", title, tuple(figures), tuple(points))


def _households(now: Mapping[str, Any], name: str, *, is_main: bool = False) -> Big:
    value = t("joint_meeting.card.households", n=fmt_number(now[name]))
    people = t("joint_meeting.card.people", n=fmt_number(now[f"{name}_people"]))
    return Big(value, t(f"present.figure.{name}"), people, is_main=is_main)


def _measures(shown: Shown) -> Screen | None:
    rows = words.rows_of(shown.meeting)
    chosen = [rows[metric] for metric in words.OF_MEASURES if metric in rows]
    if not chosen:
        return None
    needs = asks.needs(shown.scope, month=shown.filters.month)
    counts = {name: fmt_number(int(needs[name].sum() or 0)) for name in ("needs", "without_measure")}
    heads = tuple(t(f"present.column.{name}") for name in ("metric", "value", "counts", "change"))
    told = tuple(
        (
            name_of(row["metric"]),
            f"**{metrics.value_text(row)}**",
            metrics.counts_text(row) if row["state"] == "known" else "",
            metrics.change_short(row) if row["state"] == "known" else "",
        )
        for row in chosen
    )
    title = t("present.task.2", **counts) if needs.height else t("present.task.2_none")
    return Screen("tasks", "task_2", title, grid=Grid(heads, told, frozenset({1, 2})))


def _hazards(shown: Shown) -> Screen | None:
    said, judged = words.hazards(shown.meeting), words.hazards_found(shown.meeting)
    if shown.meeting.hazards.is_empty():
        return None
    title = t("present.task.3_none")
    if judged.found:
        named = [str(row["name"]) for row in judged.found]
        title = t("present.task.3", names=join_words(list(dict.fromkeys(named))[:_NAMED]), n=fmt_number(len(named)))
    elif not judged.tested:
        title = t("present.task.3_unknown")
    known = shown.meeting.hazards.filter(pl.col("kind") == "village")
    if judged.tested:  # beside what was to be expected only what can be held against it
        known = known.filter(pl.col("expected_warnings").is_not_null())
    figures = [Big(fmt_number(int(known["new_warnings"].sum())), t("present.figure.warnings"), is_main=True)]
    if judged.tested:
        expected = fmt_number(float(known["expected_warnings"].sum()), 0)
        figures.append(Big(expected, t("present.figure.expected")))
        figures.append(Big(fmt_number(len(judged.found)), t("present.figure.over")))
    return Screen("tasks", "task_3", title, tuple(figures), tuple(said[1:ROWS]))


# -- exceptions -------------------------------------------------------------------------------------------------------


def _exceptions(shown: Shown) -> list[Screen]:
    found = [one for one in shown.standouts.found if one.query.get("section") != "areas"]
    made = []
    if found:
        title = t("present.exceptions.title", n=fmt_number(len(found)))
        heads = tuple(t(f"present.exceptions.{name}") for name in ("kind", "what"))
        rows = tuple((t(f"standouts.kind.{one.kind}"), one.text) for one in found[:ROWS])
        made.append(Screen("exceptions", "exceptions", title, points=(shown.standouts.quiet,), grid=Grid(heads, rows)))
    compared = shown.compared
    if compared.is_empty():
        return made
    off = compared.filter(pl.col("tone").is_in(["check", "note"]))
    return [*made, *(_off(shown, metric) for metric in off["metric"].unique(maintain_order=True))]


def _off(shown: Shown, metric: str) -> Screen:
    """The areas that one metric finds off, in the order of their codes, in the funnel."""
    frame = shown.compared.filter(metric=metric)
    off = frame.filter(pl.col("tone").is_in(["check", "note"]))
    check = off.filter(tone="check")
    p0 = frame["p0"][0]
    chosen = check if check.height else off
    named = [f"{row['name']} {metrics.counts_text(row)}" for row in chosen.head(_NAMED).iter_rows(named=True)]
    names = join_words(named)
    if chosen.height > _NAMED:
        names = t("verdict.villages.more", listed=names, n=chosen.height)
    said = {"names": names, "metric": name_of(metric), "place": shown.place, "p0": fmt_share(p0)}
    title = t("present.off.check" if check.height else "present.off.note", **said)
    chance = t(
        "present.off.chance",
        n=fmt_number(frame.filter(pl.col("denominator") > 0).height),
        expected=fmt_number(expected_outside(frame["denominator"], p0), 1),
    )
    notes = [
        f"**{row['name']}** {note}"
        for row in off.iter_rows(named=True)
        for note in shown.notes_of(row["area_code"], metric)
    ]
    row = words.rows_of(shown.meeting)[metric]
    return Screen(
        "exceptions",
        f"off:{metric}",
        title,
        points=(chance,),
        metric=metric,
        notes=tuple(notes[:3]),
        code=_code(shown, row),
    )


# -- departments and what is overdue ----------------------------------------------------------------------------------


def _departments(shown: Shown) -> list[Screen]:
    return [screen for screen in (_pushes(shown), _warnings(shown), _issues(shown)) if screen]


def _pushes(shown: Shown) -> Screen | None:
    frame = shown.departments
    due, on_time = int(frame["due"].sum()), int(frame["on_time"].sum())
    if not due:
        return None
    off = frame.filter(pl.col("due") > pl.col("on_time"))
    states = t_counts(
        "present.departments.state", {name: int(frame[name].sum()) for name in ("late", "part", "missing")}
    )
    key = "present.departments.title" if off.height else "present.departments.all"
    title = t(key, ratio=fmt_ratio(on_time, due), states=states)
    names = ("due", "on_time", "late", "part", "missing")
    heads = (t("joint_meeting.column.department"), *(t(f"joint_meeting.part.{name}") for name in names))
    rows = tuple(
        (in_language(row["name"], row["name_en"]), *(fmt_number(row[name]) for name in names))
        for row in off.head(ROWS).iter_rows(named=True)
    )
    late = parts.departments_off(frame)
    judged = t("standouts.departments", names=join_words(late)) if late else t("present.departments.none_off")
    grid = Grid(heads, rows, frozenset(range(1, 6))) if rows else None
    return Screen("departments", "pushes", title, points=(judged, *_left(off.height - len(rows))), grid=grid)


def _warnings(shown: Shown) -> Screen | None:
    frame = shown.meeting.open_warnings
    total = int(frame["overdue"].sum())
    if not total:
        return None
    heads = (t("joint_meeting.column.department"), t("present.figure.overdue_warnings"))
    rows = _by_department(frame.head(ROWS).iter_rows(named=True))
    title = t("present.warnings.title", n=fmt_number(total), departments=fmt_number(frame.height))
    as_of = fmt_date(dt.date.fromisoformat(snapshot().as_of))
    points = (t("joint_meeting.as_of", day=as_of), *_left(frame.height - len(rows)))
    return Screen("departments", "warnings", title, points=points, grid=Grid(heads, rows, frozenset({1})))


def _by_department(rows: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, ...], ...]:
    return tuple((in_language(row["name"], row["name_en"]), fmt_number(row["overdue"])) for row in rows)


def _issues(shown: Shown) -> Screen | None:
    frame = shown.meeting.issues
    late, failed, awaiting = (int(frame[name].sum()) for name in ("overdue", "failed", "awaiting"))
    if not late + failed:
        return None
    of = frame.filter(pl.col("overdue") + pl.col("failed") > 0)
    names = [f"{row['name']} {fmt_number(row['overdue'] + row['failed'])}" for row in of.iter_rows(named=True)]
    title = t("present.issues.title", n=fmt_number(late + failed), villages=fmt_number(of.height))
    figures = (
        _big(late, "issues_overdue", is_main=True),
        _big(failed, "issues_failed"),
        _big(awaiting, "issues_awaiting"),
    )
    return Screen("departments", "issues", title, figures, (t("present.issues.where", names=join_words(names)),))


# -- matters, and what was decided ------------------------------------------------------------------------------------


def _matter(shown: Shown, matter: Matter) -> Screen:
    owner = shown.owners.get(matter.owner(shown.owners), "")
    settled = shown.settled(matter)
    points = [matter.where] if matter.where else []
    if settled:
        points.append(f"**{decided.standing(settled, shown.owners, shown.today)}**")
    if not shown.is_settled_now(matter):
        points.append(f"**{t('present.matter.proposal')}** {matter.proposal(owner)}")
    big = Big(matter.amount, t("present.matter.touched"), t("joint_meeting.decide.owner", owner=owner), is_main=True)
    return Screen("matters", f"matter:{matter.key}", matter.matter, (big,), tuple(points), matter=matter)


def _made(shown: Shown) -> list[Screen]:
    """What this meeting has decided, eight to a screen."""
    if shown.opened is None or shown.made.is_empty():
        return []
    held, n = fmt_date(shown.opened["held_on"]), fmt_number(shown.made.height)
    title = t("present.made.title", held=held, kind=code_text(shown.opened["kind"]), n=n)
    heads = tuple(t(f"decided.column.{name}") for name in ("text", "owner", "due_on"))
    told = [
        (row["decision"], shown.owners.get(row["owner"], row["owner"]), fmt_date(row["due_on"]))
        for row in shown.made.iter_rows(named=True)
    ]
    return [
        Screen("made", f"made_{first // ROWS + 1}", title, grid=Grid(heads, tuple(told[first : first + ROWS])))
        for first in range(0, len(told), ROWS)
    ]
