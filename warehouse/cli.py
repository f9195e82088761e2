"""The `kanhu` command. Each command reads its words, calls one function and says what came of it."""

from __future__ import annotations

import datetime as dt
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from warehouse import __version__
from warehouse.alias_commands import aliases_app
from warehouse.app_db.commands import audit_app, users_app
from warehouse.backup import READY
from warehouse.backup.commands import backup, restore
from warehouse.errors import KanhuError, UsageError
from warehouse.release_commands import release_app
from warehouse.settings import Settings, load_settings

if TYPE_CHECKING:
    from warehouse.exports.forms import FormName
    from warehouse.exports.periodic_report import Report
    from warehouse.exports.report_frames import Ask
    from warehouse.exports.xlsx import Frozen
    from warehouse.intake import ImportReport
    from warehouse.meetings import Record

app = typer.Typer(
    name="kanhu",
    help="Kanhu (看户): is every poor or at-risk household found, covered and followed up?",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
# Without markup: what is printed may quote a file name or a heading, which may look like it.
out = Console(highlight=False, markup=False)
err = Console(stderr=True, highlight=False, markup=False)
# Of more files than this only those with something to look at are listed.
MANY_FILES = 40
# A table of measurements is printed whole, also where the terminal is narrower.
WIDE = 150

DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Folder of raw files, landed loads and snapshots.")]
Households = Annotated[
    int | None, typer.Option(min=50, help="Households in the made-up place. Default: the profile's.")
]
Months = Annotated[int | None, typer.Option(min=1, max=120, help="Months of extracts. Default: the profile's.")]
ProfileOption = Annotated[str | None, typer.Option("--profile", help="Name of a folder in data/profiles, or a path.")]


def main() -> None:
    """Run a command; an error we say on purpose is one line on stderr and an exit code of its own."""
    try:
        app()
    except KanhuError as error:
        err.print(f"kanhu: {error}", soft_wrap=True)
        sys.exit(error.exit_code)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        err.print(
            f"kanhu: {error.filename or 'data folder'}: got {reason}, expected to read and write there. Free space or "
            "correct the rights, then run the same command again: what was finished stays.",
            soft_wrap=True,
        )
        sys.exit(1)


def _version(wanted: bool) -> None:
    if wanted:
        out.print(f"kanhu {__version__}")
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    data_dir: DataDir = None,
    profile: ProfileOption = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say it.")] = False,
) -> None:
    context.obj = load_settings().with_(data_dir=data_dir, profile=profile)
    if (context.obj.data_dir / READY).exists():
        from warehouse.backup.restoring import finish_restore

        finish_restore(context.obj)


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"date: got {text!r}, expected a day as YYYY-MM-DD.") from None


def _progress() -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=err, transient=True)


@app.command()
def sample(
    context: typer.Context,
    to: Annotated[Path, typer.Option(help="Folder to write month folders and the truth into.")],
    households: Households = None,
    months: Months = None,
    until: Annotated[str | None, typer.Option(help="Last month, YYYY-MM. Default: the profile's.")] = None,
    seed: Annotated[int, typer.Option(help="Equal seeds give equal files.")] = 20251231,
    profile: ProfileOption = None,
) -> None:
    """Write made-up extracts as departments really send them, with the truth beside."""
    settings: Settings = context.obj.with_(profile=profile)
    out.print(_write_sample(settings, to, households, months, _day(f"{until}-01" if until else None), seed))


def _write_sample(
    settings: Settings, to: Path, households: int | None, months: int | None, until: dt.date | None, seed: int
) -> str:
    from warehouse.profiles import load_profile
    from warehouse.sample import write_sample

    profile = load_profile(settings.profile)
    size = profile.sample.with_(households=households, months=months, until=until)
    with _progress() as bar:
        task = bar.add_task("writing sample extracts", total=size.months)
        report = write_sample(
            to,
            profile,
            households=size.households,
            months=size.months,
            until=size.until,
            seed=seed,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    return f"{report.files} files of {size.households} households, {size.months} months to {size.until:%Y-%m} -> {to}"


@app.command(name="import")
def import_(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files, a month folder, or a folder of month folders.")
    ] = None,
    month: Annotated[str | None, typer.Option(help="Month of single files, YYYY-MM.")] = None,
    received: Annotated[str | None, typer.Option(help="Received date of single files, YYYY-MM-DD.")] = None,
    again: Annotated[
        bool,
        typer.Option("--again", help="Read again what a newer version, or names confirmed since, read differently."),
    ] = False,
    profile: ProfileOption = None,
) -> None:
    """Read department files, check them row by row and land what is right. Nothing is dropped in silence."""
    from warehouse.intake import record_refusal

    settings: Settings = context.obj.with_(profile=profile)
    if not paths and not again:
        raise UsageError(
            "import: got no path, expected files, a month folder or the folder that holds them, or --again."
        )
    report = _import(settings, paths or [], _day(f"{month}-01" if month else None), _day(received), again)
    # A name and a reason are folded, not cut off, where the terminal is narrow.
    file, reason = (Column(name, overflow="fold") for name in ("file", "what"))
    table = Table("month", file, "rows read", "accepted", "quarantined", "repaired", reason, box=None)
    for load in report.loads:
        if load.outcome != "refused" and not load.rows_quarantined and len(report.loads) > MANY_FILES:
            continue
        what = record_refusal(load, "en") or load.outcome
        if load.part:
            what += f"; read beside the list {load.extract}"
        if load.sheets_skipped:
            what += f"; sheets not read: {', '.join(load.sheets_skipped)}"
        counts = (load.rows_read, load.rows_accepted, load.rows_quarantined, load.rows_repaired)
        table.add_row(load.month[:7], load.file_name, *map(str, counts), what)
    out.print(table)
    out.print(report.summary, soft_wrap=True)
    if report.refused:
        raise typer.Exit(4)


def _import(
    settings: Settings, paths: list[Path], month: dt.date | None, received: dt.date | None, again: bool = False
) -> ImportReport:
    from warehouse.intake import import_files, read_again
    from warehouse.profiles import load_profile

    with _progress() as bar:
        task = bar.add_task("importing", total=None)
        if again and not paths:
            return read_again(
                settings,
                load_profile(settings.profile),
                progress=lambda done, total, what: bar.update(task, completed=done, total=total, description=what),
            )
        return import_files(
            paths,
            settings,
            load_profile(settings.profile),
            month=month,
            received_on=received,
            progress=lambda done, total, what: bar.update(task, completed=done, total=total, description=what),
        )


@app.command()
def build(
    context: typer.Context,
    policy: Annotated[Path | None, typer.Option(help="A policy file in place of the profile's own.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Only loads received by this day, YYYY-MM-DD.")] = None,
    target: Annotated[str, typer.Option(help="Engine that runs the models.")] = "duckdb",
    profile: ProfileOption = None,
) -> None:
    """Run the models on what has landed, check the result and serve it in one step."""
    if target != "duckdb":
        raise UsageError(f"--target: got {target!r}, expected duckdb.")
    settings: Settings = context.obj.with_(profile=profile)
    out.print(_build(settings, policy, _day(as_of)), soft_wrap=True)


def _build(settings: Settings, policy: Path | None = None, as_of: dt.date | None = None) -> str:
    from warehouse.build import build as run_build
    from warehouse.profiles import load_profile

    with err.status("building") as status:
        snapshot = run_build(
            settings,
            load_profile(settings.profile, policy=policy),
            as_of=as_of,
            progress=lambda step: status.update(f"building: {step}"),
        )
    rows = snapshot.tables.get("fct_household_month", 0)
    months = f"{snapshot.first_month[:7]} to {snapshot.last_month[:7]}"
    return f"snapshot {snapshot.snapshot_id}: {months}, {rows} household months, rules {snapshot.rules_version}"


@app.command()
def mart(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Table of the warehouse, e.g. fct_household_month.")],
    to: Annotated[Path, typer.Option(help="File to write: .parquet or .csv.")],
) -> None:
    """Write one mart of the served snapshot to a file, for an administrator."""
    from warehouse.snapshots import write_mart

    rows = write_mart(context.obj, name, to)
    out.print(f"{name}: {rows} rows -> {to}")


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8501,
    allowed_host: Annotated[
        list[str] | None, typer.Option(help="Name under which browsers reach this server; may be given several times.")
    ] = None,
) -> None:
    """Serve the pages. The first administrator is made with `kanhu users add`."""
    from warehouse.server import serve as run_server

    run_server(context.obj, host=host, port=port, allowed_hosts=allowed_host or ())


@app.command()
def demo(
    context: typer.Context,
    households: Households = None,
    months: Months = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8501,
    fresh: Annotated[bool, typer.Option(help="Make the sample and the build again.")] = False,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop after the build.")] = False,
    profile: ProfileOption = None,
) -> None:
    """Sample extracts -> import -> build -> serve, in one step and in a data folder of its own."""
    from warehouse.demo import demo_settings, is_ready, prepare
    from warehouse.profiles import load_profile

    settings = demo_settings(context.obj.with_(profile=profile))
    place = load_profile(settings.profile)
    size = place.sample.with_(households=households, months=months)
    if fresh or not is_ready(settings, place, size):
        prepare(settings, place, size, say=lambda line: out.print(line))
    if not no_serve:
        from warehouse.server import serve as run_server

        out.print(f"看户 Kanhu: http://{host}:{port}  (sample data; Ctrl-C to stop)")
        run_server(settings, host=host, port=port, demo=True)


@app.command()
def check(context: typer.Context) -> None:
    """What is wrong or unknown: data, policy stand-ins, disk, versions. Exit code 1 if something must be done."""
    from warehouse.health import health

    table = Table("state", "what", "fact", box=None)
    findings = health(context.obj)
    for finding in findings:
        table.add_row(finding.state, finding.what, finding.fact)
    out.print(table)
    if any(finding.state == "wrong" for finding in findings):
        raise typer.Exit(1)


@app.command()
def docs(
    to: Annotated[Path, typer.Option(help="Folder to write the pages into.")] = Path("docs"),
) -> None:
    """Write the pages of docs/ that are made from the catalogues: metrics, extracts, findings, parameters."""
    from warehouse.reference import pages, write_pages

    changed = write_pages(to)
    out.print(f"{len(pages())} pages, {len(changed)} changed -> {to}")


@app.command()
def bench(
    context: typer.Context,
    pages: Annotated[bool, typer.Option("--pages", help="Server time of each page of the served snapshot.")] = False,
    build: Annotated[bool, typer.Option("--build", help="A build of what has landed.")] = False,
    intake: Annotated[Path | None, typer.Option(help="An import of the month folders in this folder.")] = None,
    runs: Annotated[int, typer.Option(min=1, max=200, help="Times each page is asked for.")] = 20,
    to: Annotated[Path, typer.Option(help="File to write the figures into (.json).")] = Path("bench.json"),
) -> None:
    """Measure this machine: pages, build and intake beside a yardstick of the same run. Changes no data."""
    from warehouse.bench.commands import measure, tables
    from warehouse.bench.report import this_machine, write_report

    if not (pages or build or intake):
        raise UsageError("bench: got nothing to measure, expected --pages, --build or --intake FOLDER.")
    machine = this_machine()
    with err.status("measuring") as status:
        parts = measure(
            context.obj,
            runs=runs if pages else 0,
            build=build,
            months=intake,
            progress=lambda step: status.update(f"measuring: {step}"),
        )
    write_report(to, machine, parts)
    out.print(f"{machine.processor}, {machine.cores} cores, {machine.memory_gb} GB, load {machine.load} -> {to}")
    wide = Console(width=max(out.width, WIDE), highlight=False)
    for table in tables(parts):
        wide.print(table)


export = typer.Typer(help="Write reports from the served snapshot.", no_args_is_help=True)
app.add_typer(export, name="export")
app.add_typer(users_app, name="users")
app.add_typer(audit_app, name="audit")
app.add_typer(aliases_app, name="aliases")
app.add_typer(release_app, name="release")
app.command()(backup)
app.command()(restore)


Language = Annotated[str, typer.Option(help="zh_CN or en.")]
Quarter = Annotated[str, typer.Option("--period", help="Quarter, e.g. 2025Q4.")]
Month = Annotated[str, typer.Option("--period", help="Month, e.g. 2025-12.")]
Year = Annotated[str, typer.Option("--period", help="Year, e.g. 2025.")]
Meeting = Annotated[str, typer.Option("--period", help="Quarter, e.g. 2025Q4, or month, e.g. 2025-12.")]
To = Annotated[Path, typer.Option(help="File to write (.xlsx, .docx, .pdf or .pptx).")]
As = Annotated[str | None, typer.Option("--as", help="xlsx, docx, pdf or pptx. Default: as the file's name ends.")]


@export.command()
def quarterly(context: typer.Context, period: Quarter, to: To, form: As = None, language: Language = "zh_CN") -> None:
    """The quarterly evaluation summary with its definitions (ST-6b)."""
    from warehouse.exports.quarterly_report import quarterly_report

    _report(context.obj, quarterly_report, period, to, form, language)


@export.command()
def monthly(context: typer.Context, period: Month, to: To, form: As = None, language: Language = "zh_CN") -> None:
    """The monthly report: who came and left, temporary assistance, gaps, problems (DJ-8)."""
    from warehouse.exports.periodic_report import monthly_report

    _report(context.obj, monthly_report, period, to, form, language)


@export.command()
def annual(context: typer.Context, period: Year, to: To, form: As = None, language: Language = "zh_CN") -> None:
    """The evaluation of a year: metrics by quarter, villages, inspections, surveys, steps, findings (ST-6b)."""
    from warehouse.exports.periodic_report import annual_report

    _report(context.obj, annual_report, period, to, form, language)


@export.command()
def pack(context: typer.Context, period: Meeting, to: To, form: As = None, language: Language = "zh_CN") -> None:
    """The pack of a joint meeting: earlier decisions, the three tasks, areas off limits, decisions (YL-5a, YL-5b)."""
    from warehouse.exports.meeting_report import meeting_pack

    _report(context.obj, partial(meeting_pack, record=_record(context.obj, period)), period, to, form, language)


@export.command()
def minutes(context: typer.Context, period: Meeting, to: To, form: As = None, language: Language = "zh_CN") -> None:
    """A draft of the minutes of the meeting held about a period, .docx or .pdf (YL-5a)."""
    from warehouse.exports.forms import form_of
    from warehouse.exports.meeting_report import meeting_minutes
    from warehouse.exports.periodic_report import write_report

    def make(ask: Ask, period: str, *, frozen: Frozen | None = None, form: FormName = "docx") -> bytes:
        return meeting_minutes(ask, period, _record(context.obj, period), form=form)

    write_report(context.obj, make, period, to, language, form_of(to, form, ("docx", "pdf")))
    out.print(f"{period} -> {to}")


def _record(settings: Settings, period: str) -> Record:
    """What is kept of the meeting about a period and of those before it; nothing for what is no period."""
    from warehouse.app_db import app_db
    from warehouse.gate import current_gate
    from warehouse.meetings import record_of

    return record_of(app_db(settings), period, current_gate(settings).villages)


def _report(settings: Settings, report: Report, period: str, to: Path, form: str | None, language: str) -> None:
    from warehouse.exports.forms import MIMES, form_of
    from warehouse.exports.periodic_report import write_report

    write_report(settings, report, period, to, language, form_of(to, form, tuple(MIMES)))
    out.print(f"{period} -> {to}")


@export.command()
def returns(
    context: typer.Context,
    month: Annotated[str, typer.Option(help="Month, e.g. 2025-12.")],
    to: Annotated[Path, typer.Option(help="Folder to write one file per department into.")],
    form: Annotated[str, typer.Option("--as", help="xlsx: a workbook; docx or pdf: a letter.")] = "xlsx",
    language: Language = "zh_CN",
) -> None:
    """What each department must correct: rows refused, findings, rows not linked, lists late or missing (YL-6)."""
    from warehouse.exports.forms import form_of
    from warehouse.exports.returns_letter import RETURN_FORMS
    from warehouse.exports.returns_report import write_returns

    for path in write_returns(context.obj, month, to, language, form_of(Path(), form, RETURN_FORMS)):
        out.print(str(path), soft_wrap=True)
