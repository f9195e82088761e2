"""`kanhu users ...` and `kanhu audit ...`. Passwords are asked for or read from standard input, never an argument."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from warehouse.app_db import audit, sessions, users
from warehouse.app_db.database import AppDb, app_db
from warehouse.errors import UsageError
from warehouse.profiles import Profile, load_profile
from warehouse.scope import ALL, SEES_AREAS, Role
from warehouse.settings import Settings, load_settings

users_app = typer.Typer(help="Who may sign in, as what, and for which villages.", no_args_is_help=True)
audit_app = typer.Typer(help="What was done by whom.", no_args_is_help=True)
out = Console(highlight=False, markup=False)

Name = Annotated[str, typer.Argument(help="Sign-in name.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
Areas = Annotated[str | None, typer.Option(help="Villages by name or code, parted by commas, or `all`.")]


def _settings(context: typer.Context) -> Settings:
    return context.obj if isinstance(context.obj, Settings) else load_settings()


def _database(context: typer.Context) -> AppDb:
    return app_db(_settings(context))


def _ask_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = typer.prompt(f"Password (at least {users.MIN_PASSWORD} characters)", hide_input=True)
    if typer.prompt("Again", hide_input=True) != password:
        raise UsageError("password: got two different ones, expected the same twice. Try again.")
    return password


def area_codes(text: str | None, profile: Profile) -> list[str]:
    """Codes of villages and of the areas above them, written as names, paths or codes; `all` and `*` give `*`.

    Raises: UsageError naming the unknown, and names that more than one village has.
    """
    if text is None:
        return []
    if text.strip() in ("all", ALL):
        return [ALL]
    codes = {area.area_code for area in profile.areas}
    words = [word.strip() for word in text.replace("、", ",").replace("，", ",").split(",") if word.strip()]
    found = [word if word in codes else profile.find_village(word) or profile.find_group(word) for word in words]
    unknown = [word for word, code in zip(words, found, strict=True) if code is None]
    if unknown:
        raise UsageError(
            f"--areas: got {', '.join(unknown)}, expected areas of {profile.title}, each told apart by its name. Check "
            "the spelling, or write the town before the village: 马栏镇/张庄村."
        )
    return [code for code in found if code]


def _departments(text: str | None, settings: Settings) -> list[str]:
    if not text:
        return []
    known = {department.department_code for department in load_profile(settings.profile).departments}
    words = [word.strip() for word in text.split(",") if word.strip()]
    if unknown := [word for word in words if word not in known]:
        raise UsageError(f"--departments: got {', '.join(unknown)}, expected some of {', '.join(sorted(known))}.")
    return words


@users_app.command("add")
def add(
    context: typer.Context,
    name: Name,
    role: Annotated[Role, typer.Option(help="What the user is.")],
    areas: Areas = None,
    departments: Annotated[str | None, typer.Option(help="Department codes, parted by commas.")] = None,
    households: Annotated[bool, typer.Option(help="A leader may also see single households.")] = False,
    password_stdin: FromStdin = False,
) -> None:
    """Make an account. Office and leader get all villages unless --areas says otherwise."""
    settings = _settings(context)
    granted = area_codes(areas, load_profile(settings.profile))
    if areas is None and role in SEES_AREAS and role is not Role.CADRE:
        granted = [ALL]
    users.add_user(
        _database(context),
        name,
        role,
        _ask_password(password_stdin),
        areas=granted,
        departments=_departments(departments, settings),
        households=households,
    )
    out.print(f"{name}: {role} added")


@users_app.command("list")
def list_(context: typer.Context) -> None:
    """Show every account."""
    database = _database(context)
    seen = sessions.last_use(database)
    table = Table("name", "role", "state", "areas", "departments", "households", "last seen (UTC)", box=None)
    now = database.now()
    for user in users.list_users(database):
        waits = user.retry_at is not None and user.retry_at > now and user.failures >= users.LOCK_FAILURES
        state = "disabled" if user.is_disabled else "locked" if waits else "active"
        last = seen.get(user.user_id)
        table.add_row(
            user.name,
            user.role,
            state,
            ", ".join(row.area_code for row in user.areas),
            ", ".join(row.department_code for row in user.departments),
            "yes" if user.households else "",
            f"{last:%Y-%m-%d %H:%M}" if last else "",
        )
    out.print(table)


@users_app.command("password")
def password(context: typer.Context, name: Name, password_stdin: FromStdin = False) -> None:
    """Set a new password; the user is signed out everywhere."""
    users.set_password(_database(context), name, _ask_password(password_stdin))
    out.print(f"{name}: password set")


@users_app.command("areas")
def areas(
    context: typer.Context, name: Name, areas: Annotated[str, typer.Argument(help="Villages, or `all`.")]
) -> None:
    """Grant exactly these villages."""
    granted = area_codes(areas, load_profile(_settings(context).profile))
    users.set_areas(_database(context), name, granted)
    out.print(f"{name}: {', '.join(granted)}")


@users_app.command("disable")
def disable(context: typer.Context, name: Name) -> None:
    """Close an account; the user is signed out everywhere."""
    users.disable(_database(context), name)
    out.print(f"{name}: disabled")


@users_app.command("enable")
def enable(context: typer.Context, name: Name) -> None:
    """Open a closed account again."""
    users.enable(_database(context), name)
    out.print(f"{name}: enabled")


@users_app.command("unlock")
def unlock(context: typer.Context, name: Name) -> None:
    """Forget an account's wrong passwords."""
    users.unlock(_database(context), name)
    out.print(f"{name}: unlocked")


@audit_app.command("verify")
def verify(
    context: typer.Context,
    anchor: Annotated[str | None, typer.Option(help="An earlier line of this command: NUMBER:HASH.")] = None,
) -> None:
    """Check that no entry was changed or taken away. Exit code 1 if one was. Keep the line it prints as an anchor."""
    known = None
    if anchor:
        number, _, mac = anchor.partition(":")
        if not number.isdigit() or not mac:
            raise UsageError(f"--anchor: got {anchor!r}, expected NUMBER:HASH as this command prints it.")
        known = (int(number), mac)
    verdict = audit.verify(_database(context), known)
    if not verdict.is_whole:
        out.print(f"broken at entry {verdict.broken_at}: {verdict.reason}")
        raise typer.Exit(1)
    out.print(f"whole: {verdict.entries} entries\n{verdict.entries}:{verdict.head}")


@audit_app.command("list")
def list_audit(
    context: typer.Context,
    user: Annotated[str | None, typer.Option(help="Only this user's entries.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
) -> None:
    """Show the newest entries."""
    table = Table("no", "at (UTC)", "user", "action", "target", "detail", box=None)
    for row in audit.entries(_database(context), user_name=user, limit=limit).iter_rows():
        table.add_row(*(str(value) for value in row))
    out.print(table)
