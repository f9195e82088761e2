"""What the policy lab says: the scenario in words, what it changes, what it costs, whom it cannot speak of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from warehouse.charts.theme import with_words
from warehouse.exports.cells import Kind
from warehouse.i18n import code_text, fmt_money, fmt_month, fmt_number, fmt_share, fmt_signed, join_words, label, t, t_n
from warehouse.lab import Scenario
from warehouse.lab_outcome import FLAGS, TIERS, Outcome
from warehouse.queries.policy_lab import Setting
from warehouse.session import Column
from warehouse.words import parameters as named

Row = Mapping[str, Any]
CHART_TIERS: Final = TIERS[:5]
_MONTHS: Final = 12
# Of a parameter that the place does not set: what the others' policy files say.
_UNITS: Final = {
    "dibao_standard": "yuan per head a month",
    "monitoring_line": "yuan per head a year",
    "disposable_income_per_head": "yuan a year",
    "edge_multiple": "x",
    "watch_multiple": "x",
    "financial_assets_limit": "yuan per head",
}


def value_words(setting: Setting, value: str | None) -> str:
    """A value of the parameter with its unit; of the standard the yearly amount beside it."""
    if value is None:
        return t("policy_lab.unset")
    if setting.kind == "kinds":
        return join_words([code_text(kind) for kind in value.split("、") if kind]) or t("policy_lab.no_kinds")
    number, unit = float(value), named.unit(setting.row["unit"] if setting.row else _UNITS.get(setting.parameter, ""))
    if setting.parameter == "rigid_ratio_min":
        return fmt_share(number, 0 if number * 100 == round(number * 100) else 1)
    said = t("policy_lab.value", value=fmt_number(number, _digits(number)), unit=unit).strip()
    if setting.parameter == "dibao_standard":
        return t("policy_lab.value_year", value=said, year=fmt_number(number * _MONTHS, _digits(number * _MONTHS)))
    return said


def _digits(number: float) -> int:
    return 0 if number == round(number) else 1 if round(number * 10) == number * 10 else 2


def source_words(setting: Setting) -> str:
    """Whence the present value is: its document and clause, or that it is set locally or stands in for another's."""
    if setting.row is None:
        return t("policy_lab.source.unset")
    clause = setting.row["clause"] or ""
    if setting.row["is_stand_in"]:
        return t("policy_lab.source.stand_in", clause=clause)
    if setting.row["is_local"]:
        return t("policy_lab.source.local", clause=clause)
    return t("policy_lab.source.document", document=named.document(clause), clause=clause)


def change_words(settings: Sequence[Setting], scenario: Scenario) -> list[str]:
    """Each changed parameter: its name, what it is and what it would be, and by how much."""
    by_name = {setting.parameter: setting for setting in settings}
    return [_change(by_name[name], value) for name, value in scenario]


def _change(setting: Setting, value: str) -> str:
    words = {
        "name": named.parameter(setting.parameter),
        "before": value_words(setting, setting.value),
        "after": value_words(setting, value),
    }
    if setting.number:
        rise = float(value) / setting.number - 1
        sign = "+" if rise > 0 else "−"
        return t("policy_lab.change_by", **words, share=f"{sign}{fmt_share(abs(rise), 1)}")
    return t("policy_lab.change", **words)


def headline(settings: Sequence[Setting], scenario: Scenario, place: str) -> str:
    """The scenario in one line; without one, what to do."""
    if not scenario:
        return t("policy_lab.say.nothing_changed", place=place)
    return t(
        "policy_lab.say.scenario", place=place, changes=t("policy_lab.separator").join(change_words(settings, scenario))
    )


def sentences(found: Outcome) -> list[str]:
    """What the scenario changes: each measure, the cost, the visits, and whom it cannot speak of."""
    said = [_measure(row) for row in found.measures.iter_rows(named=True)]
    said.append(cost_sentence(found))
    said.append(visit_sentence(found.visits))
    if unknown := unknown_sentence(found):
        said.append(unknown)
    return said


def _measure(row: Row) -> str:
    words = {
        "name": t(f"policy_lab.measure.{row['measure']}"),
        "before": fmt_number(row["households_before"]),
        "after": fmt_number(row["households_after"]),
    }
    moved = [_moved(row, way) for way in ("gained", "lost") if row[way]]
    if row["settled"]:
        moved.append(t("policy_lab.say.settled", n=fmt_number(row["settled"])))
    if row["unsettled"]:
        moved.append(t("policy_lab.say.unsettled", n=fmt_number(row["unsettled"])))
    beside = t("policy_lab.say.beside", n=fmt_number(row["unknown"])) if row["unknown"] else ""
    if not moved:
        return t("policy_lab.say.measure_same", **words, beside=beside)
    return t("policy_lab.say.measure", **words, moved=t("policy_lab.separator").join(moved), beside=beside)


def _moved(row: Row, way: str) -> str:
    """How many came in or went out, and how many of them stand on the register already."""
    on_register = row[f"{way}_registered"]
    return t(
        f"policy_lab.say.{way}" if on_register else f"policy_lab.say.{way}_none",
        households=fmt_number(row[way]),
        people=fmt_number(row[f"{way}_people"]),
        registered=fmt_number(on_register),
        register=t(f"policy_lab.register.{row['measure']}"),
    )


def cost_sentence(found: Outcome) -> str:
    """What dibao would cost by the year at the standard, and why it changes."""
    parts = {row["part"]: row for row in found.cost.iter_rows(named=True)}
    before, after = parts["all"]["before"], parts["all"]["after"]
    if after is None:
        return t("policy_lab.say.cost_unknown")
    if before is None:
        return t("policy_lab.say.cost_first", after=fmt_money(after, short=True))
    if round(after - before) == 0:
        return t("policy_lab.say.cost_same", after=fmt_money(after, short=True))
    return t(
        "policy_lab.say.cost_more" if after > before else "policy_lab.say.cost_less",
        before=fmt_money(before, short=True),
        after=fmt_money(after, short=True),
        change=fmt_money(abs(after - before), short=True),
        new=_signed_money(parts["new"]["after"] or 0),
        kept=_signed_money((parts["kept"]["after"] or 0) - (parts["kept"]["before"] or 0)),
        ended=_signed_money(-(parts["ended"]["before"] or 0)),
    )


def _signed_money(amount: float) -> str:
    words = fmt_money(abs(amount), short=True)
    return words if round(amount) == 0 else f"+{words}" if amount > 0 else f"−{words}"


def visit_sentence(visits: pl.DataFrame) -> str:
    """How many households it would send someone to."""
    totals = dict(visits.group_by("flag").agg(pl.col("households").sum()).iter_rows())
    if not totals.get("any"):
        return t("policy_lab.say.no_visits")
    parts = [f"{label('gap', flag)} {fmt_number(totals[flag])}" for flag in FLAGS if totals[flag]]
    return t_n("policy_lab.say.visits", totals["any"], parts=join_words(parts))


def unknown_sentence(found: Outcome) -> str:
    """Whom nothing can be said of; "" if of all something can."""
    if not found.measures["unknown"].sum():
        return ""
    counts = {"income": fmt_number(found.income_unknown), "households": fmt_number(found.households)}
    return t("policy_lab.say.unknown", **counts)


def figures(found: Outcome) -> list[tuple[str, str, str, list[str]]]:
    """The tiles: name, value, change, words under it."""
    tiles = []
    for row in found.measures.iter_rows(named=True):
        change = row["households_after"] - row["households_before"]
        people = t(
            "policy_lab.figure.people",
            before=fmt_number(row["people_before"]),
            after=fmt_number(row["people_after"]),
        )
        words = [people]
        if row["unknown"]:
            words.append(t("policy_lab.figure.unknown", n=fmt_number(row["unknown"])))
        tiles.append(
            (
                t(f"policy_lab.measure.{row['measure']}"),
                t("policy_lab.figure.households", n=fmt_number(row["households_after"])),
                t("policy_lab.figure.change", change=fmt_signed(change)),
                words,
            )
        )
    cost = found.cost.filter(pl.col("part") == "all").row(0, named=True)
    is_known = cost["before"] is not None and cost["after"] is not None
    change = _signed_money(cost["after"] - cost["before"]) if is_known else t("policy_lab.figure.unknown_change")
    tiles.append(
        (t("policy_lab.figure.cost"), fmt_money(cost["after"], short=True), change, [t("policy_lab.figure.cost_of")])
    )
    return tiles


# -- tables -----------------------------------------------------------------------------------------------------------

_MOVES: Final = ("households_before", "households_after", "households_in", "people_in", "households_out", "people_out")


def tier_table(found: Outcome) -> pl.DataFrame:
    """Each tier and each type of monitoring before and after: name and the counts."""
    tiers = with_words(found.tiers, "name", lambda code: label("tier", code), "code")
    types = with_words(found.types, "name", _type_name, "code")
    return pl.concat([tiers, types]).select("name", *_MOVES)


def _type_name(code: str) -> str:
    return t("policy_lab.monitored_type", name=label("monitored_type", code))


def tier_columns() -> dict[str, tuple[str, Kind]]:
    heads: dict[str, tuple[str, Kind]] = {"name": (t("policy_lab.column.tier"), "text")}
    return heads | {name: (t(f"policy_lab.column.{name}"), "integer") for name in _MOVES}


def tier_bars(found: Outcome) -> pl.DataFrame:
    """code, name, before, after of the tiers but `none`, which would dwarf the others."""
    shown = found.tiers.filter(pl.col("code").is_in(list(CHART_TIERS)))
    shown = with_words(shown, "name", lambda code: label("tier_short", code), "code")
    return shown.select("code", "name", before="households_before", after="households_after")


_VILLAGE: Final = ("households_before", "households_after", "gained", "gained_people", "lost", "lost_people", "unknown")


def village_columns() -> dict[str, tuple[str, Kind]]:
    heads: dict[str, tuple[str, Kind]] = {"name": (t("policy_lab.column.area"), "text")}
    return heads | {name: (t(f"policy_lab.column.{name}"), "integer") for name in _VILLAGE}


def cost_table(found: Outcome) -> pl.DataFrame:
    """Where the change of cost comes from: name, households_before, households_after, people, before, after, change."""
    frame = with_words(found.cost, "name", lambda part: t(f"policy_lab.cost.{part}"), "part")
    return frame.select(
        "name",
        "households_before",
        "households_after",
        "people",
        "before",
        "after",
        change=pl.col("after") - pl.col("before"),
    )


def cost_columns() -> dict[str, tuple[str, Kind]]:
    kinds: dict[str, Kind] = {"households_before": "integer", "households_after": "integer", "people": "integer"}
    kinds |= {"before": "money", "after": "money", "change": "money"}
    heads: dict[str, tuple[str, Kind]] = {"name": (t("policy_lab.column.part"), "text")}
    return heads | {name: (t(f"policy_lab.column.cost_{name}"), kind) for name, kind in kinds.items()}


_LINE: Final = ("value_before", "under_before", "over_before", "value_after", "under_after", "over_after")


def line_table(found: Outcome) -> pl.DataFrame:
    """Who sits within a twentieth of each line: name and the counts, lines as yearly amounts per head."""
    frame = with_words(found.lines, "name", lambda code: t(f"policy_lab.line.{code}"), "parameter")
    return frame.select("name", *_LINE)


def line_columns() -> dict[str, tuple[str, Kind]]:
    heads: dict[str, tuple[str, Kind]] = {"name": (t("policy_lab.column.line"), "text")}
    return heads | {
        name: (t(f"policy_lab.column.{name}"), "money" if name.startswith("value") else "integer") for name in _LINE
    }


def line_sentences(found: Outcome) -> list[str]:
    """The cliff at each line as it would be."""
    said = []
    for row in found.lines.iter_rows(named=True):
        name = t(f"policy_lab.line.{row['parameter']}")
        if row["value_after"] is None:
            said.append(t("policy_lab.say.no_line", name=name))
            continue
        said.append(
            t(
                "policy_lab.say.line",
                name=name,
                value=fmt_money(row["value_after"]),
                under=fmt_number(row["under_after"]),
                under_people=fmt_number(row["under_people_after"]),
                over=fmt_number(row["over_after"]),
                over_people=fmt_number(row["over_people_after"]),
            )
        )
    return said


def visit_table(by_area: pl.DataFrame) -> pl.DataFrame:
    return by_area.select("area_code", "name", *FLAGS, "any")


def visit_columns() -> dict[str, tuple[str, Kind]]:
    heads: dict[str, tuple[str, Kind]] = {"name": (t("policy_lab.column.area"), "text")}
    heads |= {flag: (label("gap", flag), "integer") for flag in FLAGS}
    return heads | {"any": (t("policy_lab.column.any"), "integer")}


_LISTED: Final[dict[str, Kind]] = {
    "area_name": "text",
    "household_no": "text",
    "head_name": "text",
    "household_size": "integer",
    "dibao_income_per_head": "money",
    "tier_registered": "text",
    "what": "text",
    "cost_change": "money",
}


def listed(changed: pl.DataFrame, households: pl.DataFrame) -> pl.DataFrame:
    """The households that change, with what changes in words. `households`: queries.policy_lab.households."""
    frame = households.join(changed, on="household_key", how="inner", maintain_order="left")
    frame = frame.with_columns(
        pl.Series("what", [_what(row) for row in frame.iter_rows(named=True)], dtype=pl.String),
        cost_change=pl.col("cost_after") - pl.col("cost"),
    )
    frame = with_words(frame, "tier_registered", lambda code: label("tier_short", code), "tier_registered")
    return frame.select("household_key", *_LISTED)


def _what(row: Row) -> str:
    said = []
    if row["tier_eligible"] != row["tier_eligible_after"]:
        tiers = {when: label("tier_short", row[f"tier_eligible{suffix}"]) for when, suffix in _WHEN}
        said.append(t("policy_lab.what.tier", **tiers))
    if row["monitored_type_eligible"] != row["monitored_type_eligible_after"]:
        types = {
            when: label("monitored_type", row[f"monitored_type_eligible{suffix}"] or "none") for when, suffix in _WHEN
        }
        said.append(t("policy_lab.what.type", **types))
    for flag in FLAGS:
        if row[f"new_{flag}"]:
            said.append(t("policy_lab.what.flag", flag=label("gap", flag)))
        elif row[flag] and not row[f"{flag}_after"]:
            said.append(t("policy_lab.what.no_flag", flag=label("gap", flag)))
    return t("policy_lab.separator").join(said) or t("policy_lab.what.settled")


_WHEN: Final = (("before", ""), ("after", "_after"))


def listed_columns() -> dict[str, tuple[str, Kind]]:
    return {name: (t(f"policy_lab.household.{name}"), kind) for name, kind in _LISTED.items()}


def shown(columns: Mapping[str, tuple[str, Kind]], wide: str = "what") -> dict[str, Column]:
    """Export columns as columns of a table on the page."""
    kinds: Mapping[Kind, Any] = {"integer": "number", "number": "decimal", "money": "money", "share": "share"}
    return {
        name: Column(title, kinds.get(kind, "text"), width="large" if name == wide else None)
        for name, (title, kind) in columns.items()
    }


# -- limits on lists --------------------------------------------------------------------------------------------------

_LIMITS: Final[dict[str, Kind]] = {
    "limit": "money",
    "sent": "integer",
    "checked": "integer",
    "hits": "integer",
    "yield": "share",
    "missed": "integer",
    "foreseen": "integer",
    "unforeseen": "integer",
}


def limit_table(at: pl.DataFrame) -> pl.DataFrame:
    return at.with_columns((pl.col("hits") / pl.col("checked")).fill_nan(None).alias("yield")).select(*_LIMITS)


def limit_columns() -> dict[str, tuple[str, Kind]]:
    return {name: (t(f"policy_lab.limit.{name}"), kind) for name, kind in _LIMITS.items()}


def limit_sentences(at: Row, now: Row, title: str, first: dt.date, last: dt.date, days: int | None) -> list[str]:
    """What the list sent, and what it would have sent at the limit."""
    months = {"first": fmt_month(first), "last": fmt_month(last)}
    said = [
        t(
            "policy_lab.say.list_now",
            title=title,
            **months,
            sent=fmt_number(now["sent"]),
            checked=fmt_number(now["checked"]),
            hits=fmt_number(now["hits"]),
        )
    ]
    if at["limit"] > now["limit"]:
        said.append(
            t(
                "policy_lab.say.list_at",
                limit=fmt_money(at["limit"]),
                sent=fmt_number(at["sent"]),
                fewer=fmt_number(now["sent"] - at["sent"]),
                hits=fmt_number(at["hits"]),
                missed=fmt_number(at["missed"]),
            )
        )
        if days is not None and not now["foreseen"]:
            said.append(t("policy_lab.say.foreseen_none", days=days))
        elif days is not None:
            said.append(
                t_n(
                    "policy_lab.say.unforeseen",
                    at["unforeseen"],
                    days=days,
                    now=fmt_number(now["foreseen"]),
                    after=fmt_number(at["foreseen"]),
                )
            )
    if now["unknown"]:
        said.append(t_n("policy_lab.say.no_amount", now["unknown"]))
    return said
