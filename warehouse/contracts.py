"""What an extract must hold: `contracts/<extract>.yml` and `_synonyms.yml` -> checked, frozen objects.

A contract is data: columns by type, code sets, the headings that departments write, and the layouts of real systems.
Every fault of every file is collected and said at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from warehouse.errors import ConfigError
from warehouse.headings import squeeze

CONTRACTS = Path(__file__).resolve().parent / "contracts"
SYNONYMS = "_synonyms.yml"

TYPES = (
    "text",
    "name",
    "id",
    "household_no",
    "village",
    "date",
    "month",
    "money",
    "number",
    "integer",
    "yes_no",
    "code",
    "codes",
    "grade",
)
CODED = ("code", "codes", "grade")
KINDS = ("register", "warning", "asset", "ledger")
SENSITIVITIES = ("identity", "sensitive", "internal", "public")
CANONICAL = "canonical"

COLUMN_KEYS = {"name", "title", "type", "required", "codes", "range", "sensitivity", "synonyms"}
CONTRACT_KEYS = {
    *("extract", "title", "title_en", "owner", "kind", "grain", "clauses", "require_one_of", "columns"),
    *("titles", "values", "layouts", "ordered", "composed", "parts"),
}
LAYOUT_KEYS = {
    "layout",
    "title",
    "headings",
    "without",
    "joined",
    "fallbacks",
    "keep",
    "heads",
    "year",
    "marks",
    "needs",
    "ratio",
}
PART_KEYS = {"part", "title", "titles", "columns", "required", "headings"}


@dataclass(frozen=True)
class Column:
    """One column of an extract.

    headings: every accepted way to write its heading, the canonical title first.
    values: a variant of a code -> the code (codes themselves included), both squeezed by `squeeze`.
    range: lowest and highest accepted number, both included.
    inverted: headings of a yes-or-no column that ask the opposite question.
    """

    name: str
    title: str
    type: str
    required: bool
    sensitivity: str
    headings: tuple[str, ...]
    codes: tuple[str, ...] = ()
    range: tuple[float, float] | None = None
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    inverted: tuple[str, ...] = ()

    @property
    def is_personal(self) -> bool:
        return self.sensitivity in ("identity", "sensitive")


@dataclass(frozen=True)
class Layout:
    """The headings of one real system, beside the canonical ones.

    headings: column name -> more headings of that system.
    without: required columns the system does not carry, or leaves blank; they land as null.
    joined: column name -> headings whose cells together are its value, parted by 、.
    fallbacks: column name -> headings whose cell stands in where its own is not there or blank.
    keep: heading -> words; a row with another word there belongs to another list and is passed over. `*`: any word.
    heads: column name -> words that mark a household's head: of rows with one household number only one is kept.
    year: column names of the start and the end of the year that a 年度 column says.
    marks: headings that all stand in the file; without them two of `headings` make it a file of the system.
    needs: columns that a file of the system must have beside the required ones.
    ratio: column name -> an amount and the same amount per unit; their quotient is the value if it is whole.
    """

    layout: str
    title: str
    headings: Mapping[str, tuple[str, ...]] = field(hash=False)
    without: tuple[str, ...] = ()
    joined: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    fallbacks: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    heads: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    year: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    ratio: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Composed:
    """An amount that a system gives in pieces: the sum of the cells under `plus` less those under `minus`."""

    column: str
    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contract:
    """One extract. Columns come in the order in which they land.

    parts: second files of the list, with columns of their own: the platform's export of households beside that of
    persons. A part is a contract, too, with the name of the part in `part`; `never` are headings that tell it from
    the list itself.
    """

    extract: str
    title: str
    title_en: str
    owner: str
    kind: str
    grain: str
    clauses: tuple[str, ...]
    columns: tuple[Column, ...]
    require_one_of: tuple[tuple[str, ...], ...] = ()
    titles: tuple[str, ...] = ()
    layouts: tuple[Layout, ...] = ()
    ordered: tuple[tuple[str, str], ...] = ()
    composed: tuple[Composed, ...] = ()
    parts: tuple[Contract, ...] = ()
    part: str = ""
    never: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Where its rows land: the extract, and the part after a point."""
        return f"{self.extract}.{self.part}" if self.part else self.extract

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def required(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.required)


def load_contracts(folder: Path = CONTRACTS) -> Mapping[str, Contract]:
    """Every contract of the folder by extract name, in alphabetical order.

    Raises: ConfigError with every fault of every file: file, column, what was found and what to write.
    """
    return _load(folder)


@cache
def _load(folder: Path) -> Mapping[str, Contract]:
    faults: list[str] = []
    common = _Common.read(folder / SYNONYMS, faults)
    contracts = {}
    for path in sorted(folder.glob("*.yml")):
        if path.name.startswith("_"):
            continue
        before = len(faults)
        document = _document(path, faults)
        if len(faults) == before:
            contract = _contract(path, document, common, faults)
            if contract and len(faults) == before:
                contracts[contract.extract] = contract
    if not contracts and not faults:
        faults.append(f"{folder}: got no contract, expected at least one <extract>.yml.")
    if faults:
        raise ConfigError(faults)
    return MappingProxyType(contracts)


@dataclass(frozen=True)
class _Common:
    """`_synonyms.yml`: title -> headings, column name -> code -> variants, column name -> opposite questions."""

    headings: Mapping[str, list[str]]
    values: Mapping[str, Mapping[str, list[str]]]
    inverted: Mapping[str, list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, faults: list[str]) -> _Common:
        document = _document(path, faults) if path.exists() else {}
        return cls(document.get("headings") or {}, document.get("values") or {}, document.get("inverted") or {})


def _document(path: Path, faults: list[str]) -> dict[str, Any]:
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = f" line {line + 1}" if line is not None else ""
        faults.append(f"{path.name}{where}: got text that is not YAML, expected `key: value` lines. Correct that line.")
        return {}
    if not isinstance(document, dict):
        faults.append(f"{path.name}: got {type(document).__name__}, expected `key: value` lines.")
        return {}
    return document


def _contract(path: Path, document: dict[str, Any], common: _Common, faults: list[str]) -> Contract | None:
    before = len(faults)
    faults += _head_faults(path, document)
    if len(faults) > before:
        return None
    columns = tuple(
        column
        for entry in document["columns"]
        if (column := _column(path.name, entry, common, document.get("values") or {}, faults))
    )
    if len(faults) > before:
        return None
    for kind, known in (("layouts", LAYOUT_KEYS), ("parts", PART_KEYS)):
        for entry in document.get(kind) or []:
            if unknown := sorted(set(entry) - known):
                faults.append(
                    f"{path.name} {kind}: got key {', '.join(unknown)}, expected only {', '.join(sorted(known))}."
                )
    if len(faults) > before:
        return None
    layouts = tuple(_layout(entry) for entry in document.get("layouts") or [])
    contract = Contract(
        extract=document["extract"],
        title=document["title"],
        title_en=document["title_en"],
        owner=document["owner"],
        kind=document["kind"],
        grain=str(document["grain"]),
        clauses=tuple(document.get("clauses") or ()),
        columns=columns,
        require_one_of=tuple(tuple(group) for group in document.get("require_one_of") or ()),
        titles=tuple(document.get("titles") or ()),
        layouts=layouts,
        ordered=tuple((pair[0], pair[1]) for pair in document.get("ordered") or ()),
        composed=tuple(
            Composed(name, tuple(entry.get("plus") or ()), tuple(entry.get("minus") or ()))
            for name, entry in (document.get("composed") or {}).items()
        ),
    )
    faults += _reference_faults(path.name, contract, document.get("values") or {})
    if len(faults) > before:
        return None
    parts = tuple(_part(path.name, contract, entry, common, faults) for entry in document.get("parts") or [])
    return replace(contract, parts=parts)


def _part(file: str, contract: Contract, entry: dict[str, Any], common: _Common, faults: list[str]) -> Contract:
    """The contract of a second file of the list: columns of the list by name, and such as only that file has."""
    known = {column.name: column for column in contract.columns}
    columns = []
    for item in entry["columns"]:
        column = known.get(item) if isinstance(item, str) else _column(file, item, common, {}, faults)
        if column is None:
            faults.append(
                f"{file} part {entry['part']}: got column {item!r}, expected one of {', '.join(sorted(known))}."
            )
            continue
        own = (entry.get("headings") or {}).get(column.name, ())
        columns.append(
            replace(
                column,
                required=column.name in entry.get("required", ()),
                headings=_unique(*own, *column.headings),
            )
        )
    return Contract(
        extract=contract.extract,
        title=entry["title"],
        title_en=contract.title_en,
        owner=contract.owner,
        kind=contract.kind,
        grain="household",
        clauses=contract.clauses,
        columns=tuple(columns),
        titles=tuple(entry.get("titles") or ()),
        part=entry["part"],
        never=tuple(
            heading
            for name in ("name", "id_no")
            if name in known
            for heading in known[name].headings
            if "成员" not in heading
        ),
    )


def _head_faults(path: Path, document: dict[str, Any]) -> Iterator[str]:
    for key in ("extract", "title", "title_en", "owner", "kind", "grain"):
        if not isinstance(document.get(key), str) or not document[key].strip():
            yield f"{path.name}: got no text for {key!r}, expected one. Write `{key}: ...`."
    if document.get("extract") not in (None, path.stem):
        yield f"{path.name}: got extract {document['extract']!r}, expected {path.stem!r} as the file is named."
    if document.get("kind") not in (None, *KINDS):
        yield f"{path.name}: got kind {document['kind']!r}, expected one of {', '.join(KINDS)}."
    unknown = sorted(set(document) - CONTRACT_KEYS)
    if unknown:
        yield f"{path.name}: got key {', '.join(unknown)}, expected only {', '.join(sorted(CONTRACT_KEYS))}."
    columns = document.get("columns")
    if not isinstance(columns, list) or not columns or not all(isinstance(entry, dict) for entry in columns):
        yield f"{path.name}: got no list of columns, expected `columns:` with one line per column."
        return
    for key in ("name", "title"):
        given = [entry.get(key) for entry in columns]
        for value in sorted({str(value) for value in given if given.count(value) > 1}):
            yield f"{path.name}: got {key} {value!r} on two columns, expected it on one."


def _column(
    file: str,
    entry: dict[str, Any],
    common: _Common,
    own_values: Mapping[str, Mapping[str, list[str]]],
    faults: list[str],
) -> Column | None:
    place = f"{file} column {entry.get('name') or '?'}"
    before = len(faults)
    unknown = sorted(set(entry) - COLUMN_KEYS)
    if unknown:
        faults.append(f"{place}: got key {', '.join(unknown)}, expected only {', '.join(sorted(COLUMN_KEYS))}.")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", str(entry.get("name", ""))):
        faults.append(f"{place}: got name {entry.get('name')!r}, expected lower-case English such as paid_on.")
    if not isinstance(entry.get("title"), str):
        faults.append(f"{place}: got no title, expected the canonical heading. Write `title: ...`.")
    if entry.get("type") not in TYPES:
        faults.append(f"{place}: got type {entry.get('type')!r}, expected one of {', '.join(TYPES)}.")
    if entry.get("sensitivity") not in SENSITIVITIES:
        faults.append(
            f"{place}: got sensitivity {entry.get('sensitivity')!r}, expected one of {', '.join(SENSITIVITIES)}."
        )
    codes = tuple(str(code) for code in entry.get("codes") or ())
    if (entry.get("type") in CODED) != bool(codes):
        faults.append(f"{place}: got {len(codes)} codes for type {entry.get('type')}, expected codes for coded types.")
    limits = entry.get("range")
    if limits is not None and not (isinstance(limits, list) and len(limits) == 2 and limits[0] <= limits[1]):
        faults.append(f"{place}: got range {limits!r}, expected two numbers, the lowest first. Write `range: [0, 30]`.")
    if len(faults) > before:
        return None
    shared, own = common.values.get(entry["name"]) or {}, own_values.get(entry["name"]) or {}
    variants = {code: [*(own.get(code) or ()), *(shared.get(code) or ())] for code in {**shared, **own}}
    return Column(
        name=entry["name"],
        title=entry["title"],
        type=entry["type"],
        required=bool(entry.get("required")),
        sensitivity=entry["sensitivity"],
        headings=_unique(entry["title"], *(entry.get("synonyms") or ()), *(common.headings.get(entry["title"]) or ())),
        codes=codes,
        range=(limits[0], limits[1]) if limits else None,
        values=MappingProxyType(_variants(codes, variants)),
        inverted=tuple(common.inverted.get(entry["name"]) or ()) if entry["type"] == "yes_no" else (),
    )


def _variants(codes: tuple[str, ...], variants: Mapping[str, list[str]]) -> dict[str, str]:
    """Squeezed variant -> code; variants of codes outside this column's set are left out."""
    found = {squeeze(code): code for code in codes}
    for code in codes:
        for variant in variants.get(code) or ():
            found.setdefault(squeeze(str(variant)), code)
    return found


def _unique(*texts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _layout(entry: dict[str, Any]) -> Layout:
    return Layout(
        layout=entry["layout"],
        title=entry.get("title", entry["layout"]),
        headings={name: tuple(headings) for name, headings in (entry.get("headings") or {}).items()},
        without=tuple(entry.get("without") or ()),
        joined=_lists(entry.get("joined")),
        fallbacks=_lists(entry.get("fallbacks")),
        keep=_lists(entry.get("keep")),
        heads=_lists(entry.get("heads")),
        year=tuple(entry.get("year") or ()),
        marks=tuple(entry.get("marks") or ()),
        needs=tuple(entry.get("needs") or ()),
        ratio=_lists(entry.get("ratio")),
    )


def _lists(entry: Mapping[str, list[str]] | None) -> dict[str, tuple[str, ...]]:
    return {str(name): tuple(map(str, items)) for name, items in (entry or {}).items()}


def _reference_faults(file: str, contract: Contract, own_values: Mapping[str, Any]) -> Iterator[str]:
    """Names that point at a column or code must exist."""
    names = {column.name for column in contract.columns}
    named = [("require_one_of", name) for group in contract.require_one_of for name in group]
    named += [("ordered", name) for pair in contract.ordered for name in pair]
    named += [
        (f"layout {lay.layout}", name)
        for lay in contract.layouts
        for name in (*lay.headings, *lay.without, *lay.joined, *lay.fallbacks, *lay.year, *lay.needs, *lay.ratio)
    ]
    named += [("composed", item.column) for item in contract.composed]
    named += [("values", name) for name in own_values]
    for where, name in named:
        if name not in names:
            yield f"{file} {where}: got column {name!r}, expected one of {', '.join(sorted(names))}."
    for name, variants in own_values.items():
        codes = contract.column(name).codes if name in names else ()
        for code in variants:
            if name in names and str(code) not in codes:
                yield f"{file} values of {name}: got code {code!r}, expected one of {', '.join(codes)}."
