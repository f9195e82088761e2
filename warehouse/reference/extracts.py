"""docs/extracts.md: every list, its columns with all headings that are understood, the layouts of real systems, and
who sends it by when in each place."""

from __future__ import annotations

from warehouse.contracts import Column, Contract, Layout, load_contracts
from warehouse.profiles import Profile, known_profiles, load_profile
from warehouse.reference.markdown import code, page, table
from warehouse.reference.parameters import newest

INTRO = (
    "What each list must hold; **bold** columns are required. A heading counts without spaces, line breaks, asterisks, "
    "colons and quotes; any of those named is understood, in any order, under title lines and merged cells. An empty "
    "workbook of each list is on the page 数据接入 (intake). A row that lacks what is required is refused with its "
    "reason, never dropped in silence."
)
FREQUENCIES = {"monthly": "每月 monthly", "term": "每学期 each term", "as_needed": "按需 as needed"}
NOT_ASKED = "不要 not asked for"


def extracts_page() -> str:
    """An index, the senders in each place, then one section a list."""
    contracts = list(load_contracts().values())
    places = [load_profile(name) for name in known_profiles()]
    index = table(
        ("extract", "名称", "name", "kind", "one row is", "clauses"),
        (
            [f"[`{c.extract}`](#{c.extract})", c.title, c.title_en, c.kind, c.grain, "、".join(c.clauses)]
            for c in contracts
        ),
    )
    senders = table(
        ("extract", *(f"{place.title} {place.name}" for place in places)),
        ([f"`{c.extract}`", *(_sender(c, place) for place in places)] for c in contracts),
    )
    due = (
        "## Who sends it, and when\n\nFrom `data/profiles/<place>/lists.csv`. (10) = due by that day of the next "
        "month, the place’s `push_due_day`; without a number no day is set and nothing is ever late."
    )
    sections = (_section(contract) for contract in contracts)
    return page("名单 Extracts", "`warehouse/contracts/*.yml`", INTRO, index, due, senders, *sections)


def _sender(contract: Contract, place: Profile) -> str:
    due = place.list_due(contract.extract, contract.owner)
    if not due.is_expected:
        return NOT_ASKED
    names = {department.department_code: department.name for department in place.departments}
    by = newest(due.due_day_parameter, place)
    day = f" ({by.value})" if by and due.frequency != "as_needed" else ""
    return f"{names.get(due.department_code, due.department_code)}<br>{FREQUENCIES[due.frequency]}{day}"


def _section(contract: Contract) -> str:
    lines = [
        f"## {contract.extract}",
        "",
        f"**{contract.title}** {contract.title_en}. A {contract.kind}, one row a {contract.grain}; by default from "
        f"`{contract.owner}`. Clauses: {'、'.join(contract.clauses)}.",
        "",
        table(("column", "列名", "other headings understood", "type", "holds"), map(_column, contract.columns)),
    ]
    for group in contract.require_one_of:
        lines += ["", f"At least one of {code(group)} must be filled in."]
    for first, second in contract.ordered:
        lines += ["", f"`{first}` is on or before `{second}`."]
    for composed in contract.composed:
        less = f" − {' − '.join(composed.minus)}" if composed.minus else ""
        lines += ["", f"`{composed.column}` = {' + '.join(composed.plus)}{less}, where a file gives the pieces."]
    if contract.titles:
        lines += ["", f"Known by these names of files or sheets, too: {'、'.join(contract.titles)}."]
    for layout in contract.layouts:
        lines += ["", _layout(layout)]
    for part in contract.parts:
        named = "、".join((part.title, *part.titles))
        lines += [
            "",
            f"Second file, one row a household: {named}, with {code(column.name for column in part.columns)}.",
        ]
    return "\n".join(lines)


def _column(column: Column) -> tuple[str, ...]:
    holds = "、".join(column.codes)
    if column.range:
        holds = f"{column.range[0]:g} to {column.range[1]:g}"
    others = "、".join(heading for heading in column.headings if heading != column.title)
    title = f"**{column.title}**" if column.required else column.title
    return f"`{column.name}`", title, others, column.type, holds


def _layout(layout: Layout) -> str:
    own = "; ".join(f"`{name}` {'、'.join(headings)}" for name, headings in layout.headings.items())
    words = [f"Headings of its own: {own}"] if own else []
    if layout.without:
        words.append(f"Does not carry {code(layout.without)}")
    return ". ".join([f"Layout `{layout.layout}` ({layout.title})", *words]) + "."
