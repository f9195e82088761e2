"""One household's file in words: its verdict, income term by term, each test with its numbers, what would change it.

Takes the frames of queries/household.py; gives sentences and rows of text in the reader's language.
Source: ST-5c "one household, one file", BX-7b, DB-2.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from warehouse.contracts import load_contracts
from warehouse.eligibility import EXPENSE_TERMS, INCOME_TERMS, MONTHS, TESTS_OF_TIER, Facts, Turn, turns
from warehouse.i18n import (
    Number,
    code_text,
    fmt_date,
    fmt_days,
    fmt_money,
    fmt_number,
    fmt_share,
    has_text,
    in_language,
    join_words,
    label,
    t,
)

# The gaps in the order of 03-rules, each with the clause that asks for it.
GAPS: Final[Mapping[str, str]] = {
    "suspected_missed": "ST-1a, DJ-7",
    "suspected_unmonitored": "DB-1",
    "suspected_ineligible": "ST-5b",
    "gradual_exit": "DJ-2b",
    "single_cover_missed": "ST-1b",
    "household_missed": "DJ-2a",
    "dropped": "DJ-7",
    "dead_or_moved_active": "ST-5b",
    "double_registered": "DB-4",
    "potential_target": "DJ-1b, DB-3",
    "no_check": "ST-2b",
    "disability_subsidy_gap": "DJ-5",
}
CLAUSES: Final[Mapping[str, str]] = {
    "below_line": "BX-1, BX-7b",
    "dibao_income": "DB-2(1)",
    "edge_income": "DB-2(3)",
    "rigid_income": "DB-2(4)",
    "rigid_spend": "DB-2(4)",
    "assets_ok": "DB-2, YL-3x",
    "all_dependent": "DB-2(2)",
}
PARAMETERS: Final[Mapping[str, tuple[str, ...]]] = {
    "below_line": ("monitoring_line",),
    "dibao_income": ("dibao_standard", "employment_cost_deduction"),
    "edge_income": ("edge_multiple", "dibao_standard", "employment_cost_deduction"),
    "rigid_income": ("disposable_income_per_head",),
    "rigid_spend": ("rigid_ratio_min",),
    "assets_ok": ("vehicle_kinds", "commercial_homes_allowed", "business_kinds", "financial_assets_limit"),
    "all_dependent": (),
}
ASSETS: Final = ("asset_vehicle", "asset_homes", "asset_business", "asset_public_payroll", "asset_financial")
GUARANTEES: Final = ("housing_safe", "water_safe", "schooling_secured", "medical_insured")
FOCUS: Final = (
    "focus_serious_illness",
    "focus_severe_disability",
    "focus_incapacitated_tekun",
    "focus_unstable_employment",
    "focus_failed_industry",
    "focus_disaster",
    "focus_no_labour",
)
# Events of one kind nearer than this share of the whole span would write over one another.
CROWDED: Final = 0.16
STEPS: Final = ("check", "review", "publicity", "identify", "plan")
# Where the words for the state of an event are looked up.
_STATES: Final[Mapping[str, tuple[str, ...]]] = {
    "issue": ("issue_state", "step_state"),
    "assistance": ("followed",),
    "referral": ("referral_state",),
}
_TIERS: Final = ("tier_eligible", "tier_registered")
File = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """One line of a ledger: what, how it enters (+ − × ÷ =), its number as text, and a note beside it."""

    words: str
    sign: str
    amount: str
    note: str = ""

    @property
    def is_sum(self) -> bool:
        return self.sign == "="


@dataclass(frozen=True)
class Tested:
    """One household test as it is shown. result: pass, fail or unknown."""

    test: str
    name: str
    value: str
    threshold: str
    source: str
    clause: str
    result: str


def verdict(file: File) -> list[str]:
    """Where the household stands: by the data against on the registers, each gap with its clause, type, risk."""
    eligible, registered = file["tier_eligible"], file["tier_registered"]
    said = [
        t(
            "household.verdict.unknown" if eligible == "unknown" else "household.verdict.tier",
            eligible=label("tier", eligible),
            registered=label("tier", registered),
            why=unknown_reason(file),
        ).strip()
    ]
    facts = {
        "eligible": label("tier", eligible),
        "registered": label("tier", registered),
        "months": fmt_number(file["gradual_exit_months_left"]),
    }
    said += [
        t("household.gap_line", gap=label("gap", gap), text=t(f"household.gap.{gap}", **facts), clause=clause)
        for gap, clause in GAPS.items()
        if file[gap]
    ]
    if file["monitored_type_eligible"] != file["monitored_type_registered"]:
        said.append(
            t(
                "household.verdict.type",
                data=label("monitored_type", file["monitored_type_eligible"] or "none"),
                register=label("monitored_type", file["monitored_type_registered"] or "none"),
            )
        )
    return said


def unknown_reason(file: File) -> str:
    """Which inputs are missing where a test is unknown; empty where none is."""
    results = Facts.of(file).results()
    lost = [label("test", test) for test, result in results.items() if result is None]
    return t("household.unknown_tests", tests=join_words(lost)) if lost else ""


def risk(file: File) -> str:
    """Level of risk, its causes, the guarantees that are not there and the focus groups, in one line."""
    causes = [label("cause", cause) for cause in (file["risk_causes"] or "").split("、") if cause]
    parts = [t("household.risk.level", level=label("risk_level", file["risk_level"]))]
    parts.append(t("household.risk.causes", causes=join_words(causes)) if causes else t("household.risk.no_cause"))
    groups = [t(f"household.focus.{group}") for group in FOCUS if file[group]]
    if groups:
        parts.append(t("household.risk.focus", groups=join_words(groups)))
    return " · ".join(parts)


def income_unknown(parameters: Mapping[str, Mapping[str, Any]]) -> str:
    """That no income record is in force, and what that means."""
    months = parameters.get("income_valid_months", {}).get("number")
    return t("household.income_unknown", months=fmt_number(months))


# -- income -----------------------------------------------------------------------------------------------------------


def income_ledger(file: File) -> list[Line]:
    """Net income and income per head, term by term (BX-7b), against the monitoring line."""
    lines = [_term(file, term, "+") for term in INCOME_TERMS]
    lines.append(Line(t("household.income.net"), "=", fmt_money(file["net_income"], 2)))
    lines.append(_term(file, "insurance_claims", "+"))
    lines.append(_term(file, "compliant_self_paid", "−"))
    lines.append(_size(file))
    lines.append(Line(t("household.income.per_head"), "=", fmt_money(file["income_per_head"], 2)))
    lines.append(_against("monitoring_line", file["income_per_head"], file["monitoring_line"]))
    return lines


def dibao_ledger(file: File) -> list[Line]:
    """Income per head as dibao counts it (ST-1c, DJ-2b), against the standard and its multiple."""
    facts = Facts.of(file)
    workers = t(
        "household.income.deduction_how",
        amount=fmt_money(facts.employment_cost_deduction),
        workers=fmt_number(facts.employed_members),
        months=MONTHS,
    )
    return [
        Line(t("household.income.net"), "", fmt_money(file["net_income"], 2)),
        Line(t("household.income.deduction"), "−", fmt_money(facts.deducted, 2), workers),
        _size(file),
        Line(t("household.income.dibao_per_head"), "=", fmt_money(file["dibao_income_per_head"], 2)),
        _against("dibao_standard_year", file["dibao_income_per_head"], file["dibao_standard_year"]),
        _against("edge_line", file["dibao_income_per_head"], file["edge_line"]),
    ]


def expense_ledger(file: File) -> list[Line]:
    """Rigid spending and its share of net income (DB-2(4)), against the least share."""
    lines = [_term(file, term, "+") for term in EXPENSE_TERMS]
    lines.append(Line(t("household.income.rigid"), "=", fmt_money(file["rigid_expense"], 2)))
    lines.append(Line(t("household.income.net"), "÷", fmt_money(file["net_income"], 2)))
    lines.append(Line(t("household.income.ratio"), "=", fmt_share(file["rigid_ratio"])))
    lines.append(
        Line(
            t("household.income.against.rigid_ratio_min"),
            _compared(file["rigid_ratio"], file["rigid_ratio_min"]),
            fmt_share(file["rigid_ratio_min"], 0),
        )
    )
    return lines


def _term(file: File, name: str, sign: str) -> Line:
    note = t("household.income.blank") if file[name] is None and file["income_known"] else ""
    return Line(t(f"household.income.{name}"), sign, fmt_money(file[name], 2), note)


def _size(file: File) -> Line:
    note = t("household.income.size_mismatch", members=fmt_number(file["members"])) if file["size_mismatch"] else ""
    return Line(t("household.income.size"), "÷", fmt_number(file["household_size"]), note)


def _against(name: str, value: Number | None, limit: Number | None) -> Line:
    note = ""
    if value is not None and limit is not None:
        note = t("household.income.gap", amount=fmt_money(abs(float(limit) - float(value)), 2))
    shown = t("household.test.not_set") if limit is None else fmt_money(limit, 2)
    return Line(t(f"household.income.against.{name}"), _compared(value, limit), shown, note)


def _compared(value: Number | None, limit: Number | None) -> str:
    if value is None or limit is None:
        return "?"
    return "<" if value < limit else "≥"


# -- tests ------------------------------------------------------------------------------------------------------------


def tests(file: File, parameters: Mapping[str, Mapping[str, Any]], members: pl.DataFrame) -> list[Tested]:
    """Each household test: the household's number, the threshold, where it comes from, the clause, the result."""
    per_head, dibao = fmt_money(file["income_per_head"], 2), fmt_money(file["dibao_income_per_head"], 2)
    values = {
        "below_line": (per_head, _under(file["monitoring_line"])),
        "dibao_income": (dibao, _under(file["dibao_standard_year"])),
        "edge_income": (dibao, _under(file["edge_line"])),
        "rigid_income": (per_head, _under(file["disposable_income_per_head"])),
        "rigid_spend": (fmt_share(file["rigid_ratio"]), f"≥ {fmt_share(file['rigid_ratio_min'], 0)}"),
        "assets_ok": (_asset_words(file), t("household.assets.none_allowed")),
        "all_dependent": (_dependence_words(file, members), t("household.dependent.all")),
    }
    return [
        Tested(
            test,
            label("test", test),
            *values[test],
            _source(test, parameters),
            clause,
            result_of(file[test]),
        )
        for test, clause in CLAUSES.items()
    ]


def _under(limit: Number | None) -> str:
    """The threshold of an income test; a place may set none."""
    return t("household.test.not_set") if limit is None else f"< {fmt_money(limit)}"


def result_of(value: bool | None) -> str:
    return "unknown" if value is None else "pass" if value else "fail"


def result_words(result: str) -> str:
    """A result with a mark that stays apart in grey."""
    return f"{t(f'household.mark.{result}')} {label('result', result)}"


def _source(test: str, parameters: Mapping[str, Mapping[str, Any]]) -> str:
    """Where the parameters of a test come from: set locally, a stand-in, or a document; those of a kind together."""
    names: dict[str, list[str]] = {}
    for name in PARAMETERS[test]:
        found = parameters.get(name)
        kind = "absent" if found is None else "document"
        if found is not None and (found["is_local"] or found["is_stand_in"]):
            kind = "local" if found["is_local"] else "stand_in"
        names.setdefault(kind, []).append(t(f"household.parameter.{name}"))
    if not names:
        return t("household.source.rule")
    said = [t(f"household.source.{kind}", names=join_words(words)) for kind, words in names.items()]
    return t("household.separator").join(said)


def assets(file: File) -> list[tuple[str, str, str]]:
    """Each part of the assets test: what, what was found, its result (a part that disqualifies fails)."""
    found = {
        "asset_homes": t(
            "household.assets.homes",
            n=fmt_number(file["commercial_homes"]),
            allowed=fmt_number(file["commercial_homes_allowed"]),
        ),
        "asset_financial": t(
            "household.assets.financial",
            amount=fmt_money(file["financial_assets"]),
            limit=fmt_money(file["financial_assets_limit"]),
        ),
    }
    return [
        (
            t(f"household.assets.{part}"),
            t("household.assets.list_missing") if file[part] is None else found.get(part, _found(file[part])),
            result_of(None if file[part] is None else not file[part]),
        )
        for part in ASSETS
    ]


def _found(has: bool) -> str:
    return t("household.assets.found" if has else "household.assets.not_found")


def _asset_words(file: File) -> str:
    bad = [t(f"household.assets.{part}") for part in ASSETS if file[part]]
    lost = [t(f"household.assets.{part}") for part in ASSETS if file[part] is None]
    words = [join_words(bad)] if bad else []
    words += [t("household.assets.unknown", parts=join_words(lost))] if lost else []
    return t("household.separator").join(words) or t("household.assets.nothing")


def _dependence_words(file: File, members: pl.DataFrame) -> str:
    able = members.filter(
        pl.col("is_member") & ~pl.col("labour_capacity").is_in(["无劳动力", "丧失劳动力"])  # codes of the contract
    ).height
    return t("household.dependent.able", n=fmt_number(able), members=fmt_number(file["members"]))


def tiers(file: File) -> list[tuple[str, list[tuple[str, str]], str]]:
    """Each of the four tiers: its name, the result of each of its tests, and its own."""
    rows = []
    for tier, needed in TESTS_OF_TIER.items():
        results = [(label("test", test), result_of(file[test])) for test in needed]
        marks = {result for _, result in results}
        whole = "fail" if "fail" in marks else "unknown" if "unknown" in marks else "pass"
        rows.append((label("tier", tier), results, whole))
    return rows


def why(file: File) -> str:
    """Why it is in this tier: the first whose tests all pass, or which tests stand against each."""
    tier = file["tier_eligible"]
    if tier in TESTS_OF_TIER:
        passed = join_words([label("test", test) for test in TESTS_OF_TIER[tier]])
        return t("household.why.passes", tier=label("tier", tier), tests=passed)
    if tier == "unknown":
        return t("household.why.unknown", why=unknown_reason(file))
    failed = [label("test", test) for test in CLAUSES if file[test] is False and test != "below_line"]
    key = "household.why.other" if tier == "other" else "household.why.none"
    return t(key, tests=join_words(failed), type=label("monitored_type", file["monitored_type_eligible"] or "none"))


def changes(file: File) -> list[str]:
    """What would change the tier, one sentence each, the smallest amounts of money first."""
    now = label("tier", file["tier_eligible"])
    found = sorted(turns(Facts.of(file)), key=lambda turn: (turn.amount is None, turn.amount or 0.0))
    return [_turn_words(turn, now, file) for turn in found]


def _turn_words(turn: Turn, now: str, file: File) -> str:
    bad = [t(f"household.assets.{part}") for part in ASSETS if file[part] is not False]
    return t(
        f"household.turn.{turn.kind}",
        amount=fmt_money(turn.amount, 2),
        now=now,
        after=label("tier", turn.tier),
        parts=join_words(bad),
    )


# -- the rest of the file ---------------------------------------------------------------------------------------------


def missing(file: File, steps: pl.DataFrame, measures: int) -> list[str]:
    """What the file lacks: income record, lists, guarantees; for a monitored household contact, plan, cause, measure.

    Source: ST-5c, BX-8.
    """
    lost = [] if file["income_known"] else [t("household.missing.income")]
    lost += [t("household.missing.size", members=fmt_number(file["members"]))] if file["size_mismatch"] else []
    lost += [t("household.missing.asset", part=t(f"household.assets.{part}")) for part in ASSETS if file[part] is None]
    if file["income_known"]:
        blank = [t(f"household.guarantee.{name}") for name in GUARANTEES if file[name] is None]
        lost += [t("household.missing.guarantee", names=join_words(blank))] if blank else []
    active = steps.filter("is_active")
    if file["is_monitored"] and active.height:
        spell = active.row(0, named=True)
        lost += [] if spell["has_contact"] else [t("household.missing.contact")]
        lost += [] if spell["plan_on"] else [t("household.missing.plan")]
        lost += [] if spell["causes"] else [t("household.missing.cause")]
        lost += [] if measures else [t("household.missing.measure")]
    return lost


def step_rows(spell: Mapping[str, Any], publicity_days: Number | None) -> list[tuple[str, ...]]:
    """The steps of a monitored spell: what, from and to, its limit, days, state."""
    ends = {
        "check": ("discovered_on", "verified_on"),
        "review": ("verified_on", "reviewed_on"),
        "publicity": ("publicity_from", "publicity_to"),
        "identify": ("discovered_on", "approved_on"),
        "plan": ("approved_on", "plan_on"),
    }
    names = {"check": "check_warning"}
    return [
        (
            label("step", names.get(step, step)),
            t("household.step.span", start=fmt_date(spell[ends[step][0]]), end=fmt_date(spell[ends[step][1]])),
            _limit(publicity_days if step == "publicity" else None, spell.get(f"{step}_due_on")),
            fmt_days(spell[f"{step}_days"]),
            label("step_state", spell[f"{step}_state"]) if spell[f"{step}_state"] else "—",
        )
        for step in STEPS
    ]


def _limit(days: Number | None, due_on: dt.date | None) -> str:
    """The least days, or the day by which; or that the place sets none."""
    if days is not None:
        return t("household.step.at_least", days=fmt_days(days))
    return t("household.step.by", day=fmt_date(due_on)) if due_on else t("household.step.no_limit")


def event_words(kind: str, what: str | None, more: str | None) -> str:
    """One event in a few words: codes of the ledgers in the reader's language."""
    if kind in ("tier", "risk"):
        codes = "tier_short" if kind == "tier" else "risk_level"
        return t("household.event.moved", before=label(codes, what), after=label(codes, more))
    words = [word for word in (_event_word(kind, what), _event_word(kind, more)) if word]
    return t("household.separator").join(words)


def _event_word(kind: str, word: str | None) -> str:
    if word is None:
        return ""
    if kind == "survey":
        key = f"household.event.{'round' if word in ('1', '2') else 'findings'}"
        return t(key, n=word)
    if contract := load_contracts().get(word):
        return in_language(contract.title, contract.title_en)
    states = _STATES.get(kind, ("step_state", "issue_state"))
    for codes in ("cause", "monitored_type", "tier_short", *states):
        if has_text(f"label.{codes}.{word}"):
            return label(codes, word)
    return code_text(word)


def heading(file: File) -> str:
    """Village, number, masked head, members."""
    return t(
        "household.heading",
        area=file["area_name"],
        no=file["household_no"],
        head=file["head_name"],
        members=fmt_number(file["members"]),
    )


def spell_words(spell: Mapping[str, Any]) -> str:
    """A monitored spell in one line: type, channel, causes."""
    return t(
        "household.spell",
        type=code_text(spell["monitored_type"])
        if spell["monitored_type"] is None
        else _event_word("", spell["monitored_type"]),
        channel=code_text(spell["channel"]),
        causes=code_text(spell["causes"]),
    )


def told(events: pl.DataFrame) -> pl.DataFrame:
    """The events with their words, as the timeline takes them: on, until, kind, text."""
    words = [event_words(kind, what, more) for kind, what, more in events.select("kind", "what", "more").iter_rows()]
    return events.select(pl.col("happened_on").alias("on"), "until", "kind", pl.Series("text", words, dtype=pl.String))


def drawn(told: pl.DataFrame) -> pl.DataFrame:
    """The events as the timeline draws them: of those of one kind that lie close together the newest is labelled."""
    days = (pl.col("on").max() - pl.col("on").min()).dt.total_days()
    newer = (pl.col("on").shift(1).over("kind") - pl.col("on")).dt.total_days()
    labelled = pl.when((newer < days * CROWDED).fill_null(False)).then(pl.lit("")).otherwise(pl.col("text"))
    return told.sort("on", descending=True).with_columns(labelled.alias("text")).select("on", "until", "kind", "text")


def worded_choices(frame: pl.DataFrame) -> pl.DataFrame:
    """The list of households with words for codes."""
    return frame.with_columns(
        *(pl.Series(name, [label("tier_short", code) for code in frame[name]], dtype=pl.String) for name in _TIERS),
        pl.Series("risk_level", [label("risk_level", code) for code in frame["risk_level"]], dtype=pl.String),
    )


def worded_sources(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows behind the figures with words: list, linked_by."""
    lists = [in_language(title, title_en) for title, title_en in frame.select("title", "title_en").iter_rows()]
    methods = [
        label("household_method" if has_text(f"label.household_method.{method}") else "link_method", method)
        for method in frame["method"]
    ]
    return frame.with_columns(
        pl.Series("list", lists, dtype=pl.String), pl.Series("linked_by", methods, dtype=pl.String)
    )
