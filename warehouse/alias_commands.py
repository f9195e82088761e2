"""`kanhu aliases ...`: other names of villages, suggested from what was rejected, kept when a person confirms them."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from warehouse.settings import Settings, load_settings

aliases_app = typer.Typer(
    help="Other names of villages: what was confirmed, and what is suggested.", no_args_is_help=True
)
out = Console(highlight=False, markup=False)
Text = Annotated[str, typer.Argument(help="The name as departments write it.")]


def _settings(context: typer.Context) -> Settings:
    return context.obj if isinstance(context.obj, Settings) else load_settings()


@aliases_app.command(name="list")
def list_(context: typer.Context) -> None:
    """The confirmed names, and the names in rejected rows that wait for a person."""
    from warehouse.intake import aliases_of, suggested_aliases
    from warehouse.profiles import load_profile

    settings = _settings(context)
    profile = load_profile(settings.profile)
    confirmed = Table("name", "village", "code", "confirmed by", "at", box=None)
    for alias in aliases_of(settings, profile):
        confirmed.add_row(alias.text, alias.village, alias.area_code, alias.confirmed_by, alias.confirmed_at)
    waiting = Table("name", "rows", "files", "may mean", "", box=None)
    for row in suggested_aliases(settings, profile).iter_rows(named=True):
        near = "、".join(f"{name} {code}" for name, code in zip(row["villages"], row["codes"], strict=True))
        waiting.add_row(
            row["text"], str(row["rows"]), str(row["files"]), near, "equally near" if row["is_tied"] else ""
        )
    for title, table in (("confirmed", confirmed), ("not confirmed: rows are held back", waiting)):
        out.print(f"{title}: {table.row_count}")
        if table.row_count:
            out.print(table)


@aliases_app.command()
def confirm(
    context: typer.Context,
    text: Text,
    village: Annotated[str, typer.Argument(help="Name or code of the village it means.")],
    by: Annotated[str | None, typer.Option(help="Who confirms it; the account of this machine if not given.")] = None,
) -> None:
    """Keep that a name means a village. Files that come later are read with it; `kanhu import --again` for earlier."""
    from warehouse.intake import confirm_alias
    from warehouse.profiles import load_profile

    settings = _settings(context)
    alias = confirm_alias(settings, load_profile(settings.profile), text, village, by or getpass.getuser())
    out.print(f"{alias.text} = {alias.village} ({alias.area_code}). Rows held back: run `kanhu import --again`.")


@aliases_app.command()
def forget(context: typer.Context, text: Text) -> None:
    """Take a name back. Rows that were read with it: run `kanhu import --again`."""
    from warehouse.intake import forget_alias
    from warehouse.profiles import load_profile

    settings = _settings(context)
    alias = forget_alias(settings, load_profile(settings.profile), text, getpass.getuser())
    out.print(f"{alias.text} = {alias.village}: forgotten.")
