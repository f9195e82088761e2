"""From paths to planned files: which extract, which month, received when. Nothing is skipped in silence."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.contracts import Contract
from warehouse.errors import UsageError
from warehouse.headings import squeeze
from warehouse.intake.messages import RefusedError

MANIFEST = "manifest.csv"
SUPERSEDED = "_superseded"
MONTH_FOLDER = re.compile(r"(20\d{2})-(0[1-9]|1[0-2])")
IGNORED = re.compile(r"^\.|^~\$|^thumbs\.db$|^desktop\.ini$|^manifest\.csv$|^truth(_\w+)?\.parquet$", re.I)
MANIFEST_HEADINGS = {
    "file": ("FILE", "文件", "文件名", "FILE_NAME", "文件名称"),
    "received_on": ("RECEIVED_ON", "收到日期", "接收日期", "收件日期"),
}
# With what is put before it among the earlier versions, a name stays under the 255 bytes of a file system.
NAME_BYTES = 200
FIRST_YEAR, LAST_YEAR = 2000, 2100
NAMED_MONTH = re.compile(r"(20\d{2})(?:-(\d{2})(?!\d)|年(\d{1,2})月)(?!-?\d)")


@dataclass(frozen=True)
class Planned:
    """One file to import. month and received_on are null where `refusal` says what is wrong.

    extract: null where the file's name does not say it: then its headings do.
    """

    path: Path
    extract: str | None = None
    month: dt.date | None = None
    received_on: dt.date | None = None
    refusal: RefusedError | None = None


def locate(
    paths: Iterable[Path],
    contracts: Mapping[str, Contract],
    *,
    month: dt.date | None = None,
    received_on: dt.date | None = None,
) -> tuple[Planned, ...]:
    """Every file under the paths (files, month folders, folders of month folders), by month, then by name.

    Raises: UsageError if a path does not exist or a folder holds nothing to import.
    """
    planned: dict[Path, Planned] = {}
    for path in paths:
        found = list(_files(path, month))
        if not found:
            raise UsageError(
                f"{path}: got no file to import, expected files or folders named like 2024-10. "
                "Name a file, a month folder, or the folder that holds the month folders."
            )
        for file, file_month in found:
            planned[file.resolve()] = _plan(file, file_month, contracts, received_on)
    return tuple(sorted(planned.values(), key=lambda one: (one.month or dt.date.max, one.path.name, str(one.path))))


def _files(path: Path, month: dt.date | None) -> Iterator[tuple[Path, dt.date | None]]:
    """Files with the month that their folder or the caller says."""
    if path.is_file():
        yield path, month or folder_month(path.resolve().parent.name)
    elif path.is_dir():
        own = month or folder_month(path.resolve().name)
        for entry in sorted(path.iterdir()):
            if IGNORED.search(entry.name) or (entry.is_dir() and entry.name.startswith("_")):
                continue  # folders that begin with _ are ours: earlier versions, sample material
            if entry.is_dir():
                inner = folder_month(entry.name)
                if inner is None:
                    yield entry, None
                else:
                    yield from _files(entry, month)
            else:
                yield entry, own
    else:
        raise UsageError(f"{path}: got no such file or folder, expected one. Check the path.")


def folder_month(name: str) -> dt.date | None:
    """The month that a folder's name says: 2024-10."""
    found = MONTH_FOLDER.fullmatch(name)
    return dt.date(int(found[1]), int(found[2]), 1) if found else None


def _plan(file: Path, month: dt.date | None, contracts: Mapping[str, Contract], received_on: dt.date | None) -> Planned:
    try:
        if file.is_dir():
            raise RefusedError("not_a_month_folder", name=file.name)
        extract = extract_of(file.name, contracts)
        if month is None:
            raise RefusedError("no_month", name=file.name)
        check_named_month(file.name, month)
        received = received_on or manifest(file.parent).get(file.name)
        received = received or dt.date.fromtimestamp(file.stat().st_mtime)
    except RefusedError as refusal:
        return Planned(file, month=month, refusal=refusal)
    return Planned(file, extract, month, received)


def extract_of(name: str, contracts: Mapping[str, Contract]) -> str | None:
    """The extract a file name says: `<extract>[__anything].xlsx`, or a title of the list in it; null if none.

    Raises: RefusedError if the name is not one of a file that can be read.
    """
    stem, _, ending = name.rpartition(".")
    if ending.lower() in ("xlsm", "xltm", "xlsb", "xla", "xlam"):
        raise RefusedError("macros")
    if len(name.encode()) > NAME_BYTES:
        raise RefusedError("name_too_long", name=f"{name[:20]}…", limit=NAME_BYTES // 3)
    head = re.match(r"[a-z][a-z_]*[a-z](?=__|[^a-z_]|$)", stem.split("__")[0])
    if head and head[0] in contracts:
        return head[0]
    squeezed = squeeze(stem)
    titles = {
        squeeze(title): contract.extract
        for contract in contracts.values()
        for one in (contract, *contract.parts)
        for title in (one.title, *one.titles)
    }
    known = [title for title in titles if title in squeezed]
    if not known:
        return None
    return titles[max(known, key=len)]


def check_named_month(name: str, month: dt.date) -> None:
    """Raises: RefusedError if the file name plainly says another month than its folder."""
    told = {(int(found[1]), int(found[2] or found[3])) for found in NAMED_MONTH.finditer(name)}
    if len(told) == 1 and (month.year, month.month) not in told:
        ((year, number),) = told
        raise RefusedError("wrong_month", told=f"{year}-{number:02d}", month=f"{month:%Y-%m}")


def manifest(folder: Path) -> dict[str, dt.date]:
    """File name -> day received, from the folder's manifest.csv; empty where there is none.

    Raises: RefusedError if the manifest has no such columns or a date that cannot be read.
    """
    path = folder / MANIFEST
    if not path.is_file():
        return {}
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    try:
        rows = list(csv.reader(io.StringIO(text)))
    except csv.Error as error:
        raise RefusedError("bad_manifest", line=1) from error
    heads = [squeeze(cell) for cell in rows[0]] if rows else []
    places = {key: _place(heads, names) for key, names in MANIFEST_HEADINGS.items()}
    if None in places.values():
        raise RefusedError("bad_manifest", line=1)
    found = {}
    for line, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        try:
            name, day = (row[places[key]].strip() for key in ("file", "received_on"))  # type: ignore[index]
            found[name] = _day(day)
        except (IndexError, ValueError) as error:
            raise RefusedError("bad_manifest", line=line) from error
    return found


def _place(heads: Sequence[str], names: Sequence[str]) -> int | None:
    return next((place for place, head in enumerate(heads) if head in names), None)


def _day(text: str) -> dt.date:
    year, month, day = (int(part) for part in re.split(r"[-/.年月日]", text.removesuffix("日"))[:3])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError
    return dt.date(year, month, day)
