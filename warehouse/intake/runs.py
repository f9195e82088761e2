"""Import files: plan, parse ahead in child processes, check, land. A dry run does the same and lands nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue

import polars as pl

from warehouse.contracts import Contract, load_contracts
from warehouse.headings import squeeze
from warehouse.i18n import Language
from warehouse.intake.aliases import alias_codes, alias_set
from warehouse.intake.check import FIXES, Checked, check_sheets
from warehouse.intake.columns import IdBook
from warehouse.intake.compare import Against, Beside, against, beside, copies
from warehouse.intake.land import clean_orphans, import_lock, keep_raw, land, load_id_of, rules_of, write_record
from warehouse.intake.lists import list_of, variant_of
from warehouse.intake.locate import Planned, check_named_month, extract_of, locate
from warehouse.intake.messages import RefusedError, refusal_text
from warehouse.intake.precheck import IMPORT, UPLOAD, Limits
from warehouse.intake.reader import Reader, Sheet
from warehouse.intake.records import QUARANTINE_SCHEMA, LoadRecord, has_rows, loads_frame, records
from warehouse.intake.repair import context_for
from warehouse.intake.result_column import has_result, without_result
from warehouse.profiles import Profile
from warehouse.settings import Settings

READERS = 2
AHEAD = 4
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class ImportReport:
    """What became of every file, in the order of import."""

    loads: tuple[LoadRecord, ...]

    @property
    def refused(self) -> tuple[LoadRecord, ...]:
        return tuple(load for load in self.loads if load.outcome == "refused")

    @property
    def summary(self) -> str:
        """One line: files, rows, where the rows went."""
        outcomes = [load.outcome for load in self.loads]
        rows = {key: sum(getattr(load, key) for load in self.loads) for key in ("rows_read", "rows_accepted")}
        held = sum(load.rows_quarantined for load in self.loads)
        return (
            f"{len(self.loads)} files: {outcomes.count('landed')} landed, {outcomes.count('unchanged')} unchanged, "
            f"{outcomes.count('refused')} refused; {rows['rows_read']} rows read = {rows['rows_accepted']} accepted "
            f"+ {held} quarantined"
        )


@dataclass(frozen=True)
class DryRun:
    """What an import of the file would do. Nothing has landed.

    record: as it would be written; its outcome is landed, refused or unchanged.
    quarantined: QUARANTINE_SCHEMA, one row per row that would be rejected; see `explained` for reasons and fixes.
    fixes: rule, column_title, cells, row_no (of one example), before, after (null where personal).
    told_by: what said which list it is: chosen, name (of the file), or table (title and headings); empty if nothing.
    against: the list of an earlier month. beside: files of the same list and month that landed. copies: files with the
    same bytes that landed as another list or month. was_annotated: it is a copy that went back, with our column.
    """

    record: LoadRecord
    quarantined: pl.DataFrame
    fixes: pl.DataFrame
    told_by: str = ""
    against: Against | None = None
    beside: tuple[Beside, ...] = ()
    copies: tuple[LoadRecord, ...] = ()
    was_annotated: bool = False

    def refusal_text(self, language: Language) -> str | None:
        """Why the file would be refused whole; null if it would not."""
        return record_refusal(self.record, language)


def record_refusal(record: LoadRecord, language: Language) -> str | None:
    """Why a file was refused, in that language; null if it was not."""
    if not record.refusal:
        return None
    facts = record.refusal.get("facts")
    return refusal_text(str(record.refusal["code"]), facts if isinstance(facts, dict) else {}, language)


def import_files(
    paths: Iterable[Path],
    settings: Settings,
    profile: Profile,
    *,
    month: dt.date | None = None,
    received_on: dt.date | None = None,
    progress: Progress | None = None,
    limits: Limits = IMPORT,
) -> ImportReport:
    """Land every file of the paths, or refuse it with a reason. The same file twice changes nothing.

    Raises: UsageError if a path holds nothing to import; BusyError if another import is at work.
    """
    contracts = load_contracts()
    planned = locate(paths, contracts, month=month, received_on=received_on)
    book = IdBook(settings.secret("person"))
    done: list[LoadRecord] = []
    with import_lock(settings):
        # A load whose rows are gone from the disk has not landed: its file is read again.
        known = {record.load_id: record for record in records(settings.landed) if has_rows(record, settings.landed)}
        clean_orphans(settings, known.values())
        batch = max((record.batch for record in known.values()), default=0)
        landed = _landed_before(known.values())
        job = _Job(contracts, settings, profile, book.key_id, landed, limits, alias_codes(settings, profile))
        for one, parsed in _parse_ahead(planned, job):
            if progress:
                progress(len(done), len(planned), one.path.name)
            batch += 1
            done.append(_import_one(parsed, job, book, known, batch))
    if progress:
        progress(len(planned), len(planned), "")
    return ImportReport(tuple(done))


@dataclass(frozen=True)
class _Job:
    """What all files of one import share. landed: what landed before it, by id and by what it was read from."""

    contracts: Mapping[str, Contract]
    settings: Settings
    profile: Profile
    key_id: str
    landed: Mapping[object, LoadRecord]
    limits: Limits
    aliases: Mapping[str, str]

    def draft(self, one: Planned, content: bytes) -> LoadRecord:
        """The record of a file before anything is known of its rows."""
        extract, month, received_on = one.extract or "", one.month or dt.date.min, one.received_on or dt.date.min
        sha256 = hashlib.sha256(content).hexdigest()
        rules = rules_of(self.contracts[extract], self.profile, self.settings, self.key_id) if extract else ""
        aliases = alias_set(self.aliases)
        return LoadRecord(
            load_id=load_id_of(extract, month, one.path.name, sha256, received_on, rules, aliases),
            extract=extract,
            month=month.isoformat() if one.month else "",
            file_name=one.path.name,
            sha256=sha256,
            received_on=received_on.isoformat() if one.received_on else "",
            profile=self.profile.name,
            status="landed",
            rules=rules,
            sample_ids=self.settings.sample_ids,
            person_key_id=self.key_id,
            aliases=aliases,
        )

    def before(self, draft: LoadRecord) -> LoadRecord | None:
        """The load that this file would be again: the same one, or one that other aliases could not change."""
        earlier = self.landed.get(draft.load_id) or self.landed.get(_source(draft))
        if earlier and earlier.load_id != draft.load_id and hangs_on_aliases(earlier):
            return None
        return earlier

    def check(
        self, one: Planned, sheets: Sequence[Sheet], book: IdBook, *, is_marked: bool = False
    ) -> tuple[Checked, Contract]:
        """What the sheets hold, and as which file of the list. Raises: RefusedError if they cannot be taken."""
        if one.extract is None or one.month is None or one.received_on is None:
            raise RefusedError("unknown_extract", name=one.path.name)
        context = context_for(
            self.profile,
            one.received_on,
            self.settings.sample_ids,
            aliases=self.aliases,
            month=one.month,
            file_name=one.path.name,
        )
        contract = variant_of(sheets, self.contracts[one.extract])
        return check_sheets(sheets, contract, one.month, context, book, is_marked=is_marked), contract


def _source(record: LoadRecord) -> tuple[str, ...]:
    return record.extract, record.month, record.file_name, record.sha256, record.received_on, record.rules


def _landed_before(known: Iterable[LoadRecord]) -> dict[object, LoadRecord]:
    """The loads by id, and the newest of each file by what it was read from."""
    landed = sorted((one for one in known if one.status == "landed"), key=lambda one: one.batch)
    return {**{_source(one): one for one in landed}, **{one.load_id: one for one in landed}}


def hangs_on_aliases(record: LoadRecord) -> bool:
    """Whether other aliases could change what was read."""
    return bool(record.unknown_villages or record.repairs.get("village_alias"))


@dataclass(frozen=True)
class _Parsed:
    """A file as it was read. sheets: null where it came before, as `earlier`."""

    one: Planned
    draft: LoadRecord
    content: bytes
    sheets: Sequence[Sheet] | None = None
    refusal: RefusedError | None = None
    earlier: LoadRecord | None = None


def _parse_ahead(planned: Sequence[Planned], job: _Job) -> Iterator[tuple[Planned, _Parsed]]:
    """The files in order, parsed by children while earlier ones are checked."""
    with ExitStack() as stack:
        readers: SimpleQueue[Reader] = SimpleQueue()
        for _ in range(READERS):
            readers.put(stack.enter_context(Reader(known_headings(job.contracts))))
        pool = stack.enter_context(ThreadPoolExecutor(READERS))
        waiting: deque[tuple[Planned, Future[_Parsed]]] = deque()
        for one in planned:
            waiting.append((one, pool.submit(_parse, one, readers, job)))
            if len(waiting) > AHEAD:
                earliest, future = waiting.popleft()
                yield earliest, future.result()
        while waiting:
            earliest, future = waiting.popleft()
            yield earliest, future.result()


def _parse(one: Planned, readers: SimpleQueue[Reader], job: _Job) -> _Parsed:
    if one.refusal:
        return _Parsed(one, job.draft(one, b""), b"", refusal=one.refusal)
    content = one.path.read_bytes()
    draft = job.draft(one, content)
    if earlier := job.before(draft):
        return _Parsed(one, draft, content, earlier=earlier)
    reader = readers.get()
    try:
        sheets = without_result(reader.read(content, job.limits))
        if one.extract is None:
            one = replace(one, extract=list_of(sheets, job.contracts, one.path.name))
            draft = job.draft(one, content)
        return _Parsed(one, draft, content, sheets, earlier=job.before(draft))
    except RefusedError as refusal:
        return _Parsed(one, draft, content, refusal=refusal)
    finally:
        readers.put(reader)


def known_headings(contracts: Mapping[str, Contract]) -> frozenset[str]:
    """Every heading of every contract and layout, squeezed: by them a text file's delimiter is told."""
    return frozenset(
        squeeze(heading)
        for listed in contracts.values()
        for contract in (listed, *listed.parts)
        for headings in (
            *(column.headings for column in contract.columns),
            *(column.inverted for column in contract.columns),
            *(headings for layout in contract.layouts for headings in layout.headings.values()),
            *(headings for layout in contract.layouts for headings in layout.joined.values()),
        )
        for heading in headings
    )


def _import_one(parsed: _Parsed, job: _Job, book: IdBook, known: dict[str, LoadRecord], batch: int) -> LoadRecord:
    """Land or refuse one file, and write its record, unless the same file came before."""
    if parsed.earlier:
        return replace(parsed.earlier, outcome="unchanged")
    one, earlier = parsed.one, known.get(parsed.draft.load_id)
    if earlier and earlier.status == "landed":  # the same file twice in one import
        return replace(earlier, outcome="unchanged")
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    draft = replace(parsed.draft, batch=batch, loaded_at=now)
    try:
        if parsed.refusal or parsed.sheets is None:
            raise parsed.refusal or RefusedError("damaged")
        checked, contract = job.check(one, parsed.sheets, book)
    except RefusedError as refusal:
        record = _refused(draft, refusal)
        if record.extract and record.month and record.received_on:
            if earlier and earlier.refusal == record.refusal:
                return replace(earlier, outcome="refused")
            write_record(record, job.settings)
            known[record.load_id] = record
        return record
    record = _filled(draft, checked, contract)
    keep_raw(parsed.content, record, job.settings, one.path)
    land(record, checked.accepted, checked.quarantined, contract, job.settings)
    known[record.load_id] = record
    return record


def to_read_again(settings: Settings, profile: Profile) -> tuple[list[LoadRecord], list[LoadRecord]]:
    """Files in force that would be read differently now: by a newer reader, contract or profile, or other aliases.

    Returns: those that lie in raw, then those that do not and must be sent again.
    """
    contracts, key_id = load_contracts(), IdBook(settings.secret("person")).key_id
    aliases = alias_set(alias_codes(settings, profile))
    rules = {name: rules_of(contract, profile, settings, key_id) for name, contract in contracts.items()}
    found = list(records(settings.landed))
    winning = set(loads_frame(found).filter("is_winning")["load_id"])
    stale = [
        one
        for one in found
        if one.load_id in winning
        and one.profile == profile.name
        and (one.rules != rules.get(one.extract) or (one.aliases != aliases and hangs_on_aliases(one)))
    ]
    kept = [one for one in stale if _is_in_raw(one, settings)]
    return kept, [one for one in stale if one not in kept]


def _is_in_raw(record: LoadRecord, settings: Settings) -> bool:
    path = raw_path(record, settings)
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == record.sha256


def raw_path(record: LoadRecord, settings: Settings) -> Path:
    """Where the file of a load lies as it came."""
    return settings.raw / record.month[:7] / record.file_name


def read_again(settings: Settings, profile: Profile, *, progress: Progress | None = None) -> ImportReport:
    """Import the files of `to_read_again` that lie in raw, as received then. The earlier loads stay and win no more."""
    kept, _ = to_read_again(settings, profile)
    if not kept:
        return ImportReport(())
    return import_files([raw_path(one, settings) for one in kept], settings, profile, progress=progress)


def _refused(draft: LoadRecord, refusal: RefusedError) -> LoadRecord:
    said: dict[str, object] = {"code": refusal.code, "reason": refusal.reason, "facts": refusal.facts}
    return replace(draft, status="refused", outcome="refused", refusal=said)


def _filled(draft: LoadRecord, checked: Checked, contract: Contract) -> LoadRecord:
    unknown = int((checked.quarantined["rule"] == "village_unknown").sum()) + checked.nulled.get("village", 0)
    return replace(
        draft,
        part=contract.part,
        unknown_villages=unknown,
        layout=checked.layout,
        sheet="、".join(checked.sheets),
        sheets_skipped=checked.skipped,
        header_row=checked.header_row,
        columns_missing=checked.columns_missing,
        columns_unknown=checked.columns_unknown,
        rows_total=checked.rows_total,
        rows_header=checked.rows_header,
        rows_blank=checked.rows_blank,
        rows_note=checked.rows_note,
        rows_read=checked.rows_read,
        rows_accepted=checked.accepted.height,
        rows_quarantined=checked.quarantined.height,
        rows_repaired=checked.rows_repaired,
        repairs=checked.repairs,
        nulled=checked.nulled,
    )


def dry_run(
    source: Path | bytes,
    file_name: str,
    month: dt.date,
    settings: Settings,
    profile: Profile,
    *,
    received_on: dt.date | None = None,
    limits: Limits = UPLOAD,
) -> DryRun:
    """What an import of that file would accept, repair, quarantine or refuse. Nothing lands."""
    content = source if isinstance(source, bytes) else source.read_bytes()
    landed = [one for one in records(settings.landed) if one.status == "landed"]
    job, one, book = _one_file(Path(file_name).name, month, settings, profile, received_on, limits, landed)
    told_by, was_annotated = "", False
    try:
        one = replace(one, extract=extract_of(one.path.name, job.contracts))
        told_by = "name" if one.extract else "table"
        check_named_month(one.path.name, month)
        sheets = _sheets_of(content, job)
        was_annotated, sheets = has_result(sheets), without_result(sheets)
        one = replace(one, extract=one.extract or list_of(sheets, job.contracts, one.path.name))
        checked, contract = job.check(one, sheets, book)
    except RefusedError as refusal:
        nothing = pl.DataFrame(schema=QUARANTINE_SCHEMA)
        told_by = told_by if one.extract else ""
        return DryRun(_refused(job.draft(one, content), refusal), nothing, pl.DataFrame(schema=FIXES), told_by)
    record = _filled(job.draft(one, content), checked, contract)
    facts = {"extract": record.extract, "load_id": record.load_id, "file_name": record.file_name}
    quarantined = checked.quarantined.with_columns(
        pl.lit(month).alias("month"), **{name: pl.lit(value) for name, value in facts.items()}
    ).select(pl.col(name).cast(kind) for name, kind in QUARANTINE_SCHEMA.items())
    return DryRun(
        replace(record, outcome="unchanged" if job.before(record) else "landed"),
        quarantined,
        checked.fixes,
        told_by,
        against(record, checked.accepted, contract, landed, profile, settings),
        beside(record, checked.accepted, landed, settings),
        copies(record, landed),
        was_annotated,
    )


@dataclass(frozen=True)
class Marked:
    """A file that was checked, with what became of every row and cell: what a copy of it needs. It holds what the file
    holds, whole ID numbers included: it goes back to the sender and nowhere else."""

    record: LoadRecord
    sheets: tuple[Sheet, ...]
    checked: Checked


def marked(
    content: bytes,
    file_name: str,
    month: dt.date,
    settings: Settings,
    profile: Profile,
    *,
    received_on: dt.date | None = None,
    limits: Limits = UPLOAD,
) -> Marked:
    """The file as `dry_run` reads it, with its sheets and marks. Nothing lands.

    Raises: RefusedError if the file would be refused whole.
    """
    job, one, book = _one_file(Path(file_name).name, month, settings, profile, received_on, limits, ())
    sheets = without_result(_sheets_of(content, job))
    extract = extract_of(one.path.name, job.contracts) or list_of(sheets, job.contracts, one.path.name)
    one = replace(one, extract=extract)
    checked, contract = job.check(one, sheets, book, is_marked=True)
    return Marked(_filled(job.draft(one, content), checked, contract), sheets, checked)


def _one_file(
    name: str,
    month: dt.date,
    settings: Settings,
    profile: Profile,
    received_on: dt.date | None,
    limits: Limits,
    landed: Iterable[LoadRecord],
) -> tuple[_Job, Planned, IdBook]:
    book = IdBook(settings.secret("person"))
    before, aliases = _landed_before(landed), alias_codes(settings, profile)
    job = _Job(load_contracts(), settings, profile, book.key_id, before, limits, aliases)
    return job, Planned(Path(name), None, month, received_on or dt.date.today()), book


def _sheets_of(content: bytes, job: _Job) -> tuple[Sheet, ...]:
    with Reader(known_headings(job.contracts)) as reader:
        return reader.read(content, job.limits)
