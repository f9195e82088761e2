"""`kanhu release ...`: freeze a period for good, look at what was frozen, export it again, see what changed since."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from warehouse.errors import SnapshotError
from warehouse.settings import Settings, load_settings

release_app = typer.Typer(help="Periods frozen for good.", no_args_is_help=True)
out = Console(highlight=False, markup=False)
err = Console(stderr=True, highlight=False, markup=False)
CURRENT = "current"

Name = Annotated[str, typer.Argument(help="Name of the release; see `kanhu release list`.")]


def _settings(context: typer.Context) -> Settings:
    return context.obj if isinstance(context.obj, Settings) else load_settings()


@release_app.command("freeze")
def freeze(
    context: typer.Context,
    period: Annotated[str, typer.Argument(help="Quarter (2025Q4), month (2025-12) or year (2025).")],
    name: Annotated[str | None, typer.Option(help="Name of the release; the period if not given.")] = None,
) -> None:
    """Keep the snapshot that is served, for good, as the figures of that period."""
    from warehouse import releases

    with err.status("freezing") as status:
        frozen = releases.freeze(
            _settings(context),
            period,
            name=name,
            by=getpass.getuser(),
            say=lambda step: status.update(f"freezing: {step}"),
        )
    out.print(f"release {frozen.name}: {period} of snapshot {frozen.snapshot_id}, rules {frozen.rules_version}")


@release_app.command("list")
def list_(context: typer.Context) -> None:
    """Every release. Exit code 6 if one of them is damaged."""
    from warehouse import releases

    settings = _settings(context)
    folded = [Column(name, overflow="fold") for name in ("snapshot", "rules")]
    table = Table("release", "period", "frozen", "by", *folded, "data as of", "state", box=None)
    faults = releases.damage(settings)
    for name, fault in faults.items():
        if fault:
            table.add_row(name, "", "", "", "", "", "", "damaged")
            continue
        one = releases.read_record(settings, name)
        frozen = one.frozen_at[:10]
        table.add_row(name, one.period, frozen, one.by, one.snapshot_id, one.rules_version, one.as_of, "whole")
    out.print(table if faults else "no release yet: `kanhu release freeze PERIOD` makes one")
    if said := [fault for fault in faults.values() if fault]:
        raise SnapshotError("\n".join(said))


@release_app.command("show")
def show(context: typer.Context, name: Name) -> None:
    """Which snapshot, rules, policy, lists and version of Kanhu made a release; every checksum is looked at."""
    from warehouse import releases

    one = releases.read_release(_settings(context), name)
    table = Table("what", "fact", box=None)
    for what in ("name", "period", "frozen_at", "by", "snapshot_id", "built_at", "as_of", "profile", "rules_version"):
        table.add_row(what.replace("_", " "), str(getattr(one, what)))
    table.add_row("months", f"{one.first_month[:7]} to {one.last_month[:7]}")
    table.add_row("kanhu", one.code_version)
    in_force = sum(bool(load["is_winning"]) for load in one.loads)
    table.add_row("loads", f"{in_force} in force of {len(one.loads)} that had landed")
    table.add_row("files", f"{len(one.files)}, each as it was frozen")
    if one.sample_data:
        table.add_row("data", "sample data")
    out.print(table)


@release_app.command("export")
def export(
    context: typer.Context,
    name: Name,
    to: Annotated[Path, typer.Option(help="File to write (.xlsx, .docx, .pdf or .pptx).")],
    form: Annotated[str | None, typer.Option("--as", help="The form. Default: as the file's name ends.")] = None,
    language: Annotated[str, typer.Option(help="zh_CN or en.")] = "zh_CN",
    remake: Annotated[
        bool, typer.Option("--remake", help="Write it anew from the frozen snapshot and compare with the kept one.")
    ] = False,
) -> None:
    """The report of a release: the workbook byte for byte as it was when it was frozen, papers from its snapshot."""
    from warehouse import releases
    from warehouse.exports.forms import MIMES, form_of

    chosen = form_of(to, form, tuple(MIMES))
    done = releases.export_release(_settings(context), name, to, language, remake=remake, form=chosen)
    words = {
        "kept": "as it was frozen",
        "made": "from the snapshot that was frozen",
        "equal": "made again, equal to the one that was frozen",
        "remade": "made again; this version of Kanhu writes it otherwise than the one that froze it",
    }
    out.print(f"{name} -> {to} ({words[done]})")


@release_app.command("diff")
def diff(
    context: typer.Context,
    name: Name,
    with_: Annotated[str, typer.Option("--with", help="Another release, or `current`: the snapshot served.")] = CURRENT,
    explain: Annotated[
        bool, typer.Option("--explain", help="Build what lies between, privately, so that every reason is proved.")
    ] = False,
    to: Annotated[Path | None, typer.Option(help="File for the rows (.csv or .parquet).")] = None,
) -> None:
    """What changed since a release: its figures now, and every household that differs, with the reason."""
    from warehouse.differences import difference
    from warehouse.snapshots import write_rows

    settings = _settings(context)
    other = None if with_ == CURRENT else with_
    with err.status("comparing") as status:
        path = difference(
            settings, name, other=other, explain=explain, say=lambda step: status.update(f"comparing: {step}")
        )
    for table in _difference_tables(path):
        out.print(table)
    if to is not None:
        rows = write_rows(path, "release_difference", to)
        out.print(f"{rows} rows -> {to}")


def _difference_tables(path: Path) -> Iterator[Table]:
    """What differs, the figures, the households by reason, and what was compared."""
    from warehouse.snapshots import read_marts

    whole = "from release_{} where scope = 'profile'"
    found = read_marts(
        path,
        {
            "settings": "select * from release_setting",
            "lists": "select * from release_list where kind <> 'later'",
            "later": "select count(*) as files from release_list where kind = 'later' having count(*) > 0",
            "figures": f"select * {whole.format('figure')} and is_changed",
            "counts": f"select * {whole.format('count')}",
            "info": "select * from release_info",
        },
    )
    changes = Table("what differs", "kind", "which", "detail", box=None)
    for row in found["settings"].iter_rows(named=True):
        values = f"{row['old_value'] or '-'} -> {row['new_value'] or '-'}"
        changes.add_row("settings", row["kind"], row["name"], values if row["kind"] == "policy" else row["new_value"])
    for row in found["lists"].iter_rows(named=True):
        day = f"received {row['received_on']}"
        backdated = ", by the manifest before the freeze, but imported after it" if row["is_backdated"] else ""
        changes.add_row("list", row["kind"], f"{row['month']:%Y-%m} {row['file_name']}", day + backdated)
    for (files,) in found["later"].iter_rows():
        changes.add_row("list", "later", f"{files} files of later months", "")
    yield changes
    figures = Table("figure", "frozen", "now", box=None)
    for row in found["figures"].iter_rows(named=True):
        was, now = (f"{row[f'{side}_numerator']}/{row[f'{side}_denominator']}" for side in ("old", "new"))
        figures.add_row(row["metric"], was, now)
    yield figures
    counted = Table("households that", "month", "came", "went", "reason", box=None)
    for row in found["counts"].iter_rows(named=True):
        value = "" if row["value"] == "true" else f" = {row['value']}"
        gained, lost = str(row["gained"]), str(row["lost"])
        counted.add_row(f"{row['state']}{value}", f"{row['month']:%Y-%m}", gained, lost, row["reason"])
    yield counted
    info = found["info"].row(0, named=True)
    said = Table("compared", "", box=None)
    for key in ("old_snapshot_id", "new_snapshot_id", "old_rules", "new_rules", "proof", "steps", "households"):
        said.add_row(key.replace("_", " "), str(info[key]))
    yield said
