"""`kanhu backup` and `kanhu restore`. A passphrase is asked for, or read from standard input or the environment; it
is never an argument."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from warehouse.errors import UsageError
from warehouse.settings import Settings

out = Console(highlight=False, markup=False)
err = Console(stderr=True, highlight=False, markup=False)
COMMAND_LINE = "command line"

FromStdin = Annotated[bool, typer.Option("--passphrase-stdin", help="Read the passphrase from standard input.")]


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err, transient=True)


def _passphrase(settings: Settings, from_stdin: bool, *, is_new: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if settings.backup_passphrase is not None:
        return settings.backup_passphrase
    passphrase: str = typer.prompt("Passphrase of the backup", hide_input=True)
    if is_new and typer.prompt("Again", hide_input=True) != passphrase:
        raise UsageError("passphrase: got two different ones, expected the same twice. Try again.")
    return passphrase


def backup(
    context: typer.Context,
    to: Annotated[Path | None, typer.Option(help="File to write; never one that is there.")] = None,
    recipients: Annotated[
        Path | None, typer.Option(help="File of public keys (age1…), one a line, in place of a passphrase.")
    ] = None,
    passphrase_stdin: FromStdin = False,
    new_key: Annotated[
        Path | None, typer.Option("--new-key", help="Make a key in this file, print its public half, and stop.")
    ] = None,
) -> None:
    """Write everything that could not be made again into one encrypted file, while all goes on."""
    from warehouse.backup import sealing
    from warehouse.backup.making import make_backup

    settings: Settings = context.obj
    if new_key is not None:
        out.print(sealing.new_key(new_key), soft_wrap=True)
        return
    if to is None:
        raise UsageError("backup: got no --to, expected the file to write.")
    if recipients is not None:
        lock = sealing.recipients_lock(recipients)
    else:
        lock = sealing.passphrase_lock(_passphrase(settings, passphrase_stdin, is_new=True))
    with _progress() as bar:
        task = bar.add_task("backing up", total=None)
        made = make_backup(
            settings,
            to,
            lock,
            by=COMMAND_LINE,
            progress=lambda done, all_: bar.update(task, completed=done, total=all_),
        )
    told = made.manifest
    rows = sum(told.rows.values())
    out.print(
        f"{made.path}: {made.bytes / 1e6:,.1f} MB, {len(told.parts)} parts, {rows} rows of the application database, "
        f"snapshot {told.snapshot_id or 'none'}, audit trail to {told.anchor[0]}:{told.anchor[1]}",
        soft_wrap=True,
    )
    for name in told.missing[:5]:
        out.print(f"missing already: {name}", soft_wrap=True)
    if told.missing or told.damaged_releases or told.broken_at is not None:
        out.print("something was not whole before the backup was made: run `kanhu check`")


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A file of `kanhu backup`.")],
    identity: Annotated[Path | None, typer.Option(help="File with the secret key the backup was made for.")] = None,
    passphrase_stdin: FromStdin = False,
    force: Annotated[bool, typer.Option("--force", help="Move aside what is there. Nothing is deleted.")] = False,
) -> None:
    """Put a backup into an empty data folder, after it proved itself. Stop the server first."""
    from warehouse.backup import sealing
    from warehouse.backup.restoring import restore as run_restore

    settings: Settings = context.obj
    if identity is not None:
        key = sealing.identity_key(identity)
    else:
        key = sealing.key_for(file, lambda: _passphrase(settings, passphrase_stdin, is_new=False))
    with _progress() as bar:
        task = bar.add_task("restoring", total=None)
        done = run_restore(
            settings,
            file,
            key,
            by=COMMAND_LINE,
            force=force,
            progress=lambda so_far, all_: bar.update(task, completed=so_far, total=all_),
        )
    told = done.manifest
    out.print(
        f"restored as of {told.made_at}: {len(told.parts)} parts, each with its checksum; "
        f"{len(told.files('landed/_loads'))} loads, {len(told.files('raw'))} files as received, "
        f"{len({path.split('/')[1] for path in told.files('releases')})} releases, "
        f"snapshot {told.snapshot_id or 'none'}",
        soft_wrap=True,
    )
    out.print("application database: " + ", ".join(f"{name} {n}" for name, n in told.rows.items()), soft_wrap=True)
    out.print(f"audit trail: whole up to the anchor {told.anchor[0]}:{told.anchor[1]}", soft_wrap=True)
    if done.aside is not None:
        out.print(f"what was there lies in {done.aside}", soft_wrap=True)
    for note in done.notes:
        out.print(f"note: {note}", soft_wrap=True)
