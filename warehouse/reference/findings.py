"""docs/findings.md: every rule that asks whether data contradict themselves, and who corrects what it finds."""

from __future__ import annotations

from warehouse.contracts import load_contracts
from warehouse.findings import FindingRule, load_findings
from warehouse.reference.markdown import page, table

INTRO = (
    "One finding is a household, person or refused row, a rule and a month. `{first}` and `{second}` are facts of the "
    "finding, `{limit}` the parameter it was held against; no text ever holds a name, an ID number or a birth date. "
    "Severity: error = surely wrong; warning = two facts contradict, or something due is missing; hint = look at it."
)


def findings_page() -> str:
    """The rule book, one table a group."""
    rules = list(load_findings().values())
    groups = dict.fromkeys(rule.group for rule in rules)
    parts = [f"## {group}\n\n{_group([rule for rule in rules if rule.group == group])}" for group in groups]
    return page("问题数据规则 Findings", "`warehouse/findings.yml`", INTRO, *parts)


def _group(rules: list[FindingRule]) -> str:
    heads = (
        "rule",
        "名称 name",
        "说的是 what it says",
        "怎么改 how to correct",
        "severity",
        "subject",
        "list",
        "clause",
    )
    return table(heads, (_row(rule) for rule in rules))


def _row(rule: FindingRule) -> tuple[str, ...]:
    contract = None if rule.is_own else load_contracts()[rule.owner_extract]
    return (
        f"`{rule.rule}`",
        f"{rule.name_zh}<br>{rule.name_en}",
        f"{rule.text_zh}<br>{rule.text_en}",
        f"{rule.fix_zh}<br>{rule.fix_en}",
        rule.severity,
        rule.subject,
        f"{contract.title} `{contract.extract}`" if contract else "所在名单 its own",
        rule.clause,
    )
