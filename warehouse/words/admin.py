"""The administrator's page in words: accounts, sessions, the audit trail, the state of the system."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from warehouse.app_db.audit import Action, Verdict
from warehouse.app_db.models import User
from warehouse.app_db.users import LOCK_FAILURES
from warehouse.backup.commands import COMMAND_LINE
from warehouse.backup.last import OLDEST_DAYS, LastBackup
from warehouse.exports.cells import Column as Exported
from warehouse.exports.csv_file import csv_file
from warehouse.health import Finding
from warehouse.i18n import fmt_instant, fmt_number, in_language, join_words, t, t_counts
from warehouse.profiles import Profile
from warehouse.scope import ALL, HOUSEHOLDS_ALWAYS
from warehouse.session import Column
from warehouse.words.exports import sheet_of

STATES = ("active", "locked", "disabled", "must_change")
_TRAIL = ("entry_no", "at", "user_name", "action", "target", "detail")


def state_of(user: User, now: dt.datetime) -> str:
    """Whether the user can sign in now: active, locked (waits after wrong passwords), disabled, must_change."""
    if user.is_disabled:
        return "disabled"
    if user.retry_at is not None and user.retry_at > now and user.failures >= LOCK_FAILURES:
        return "locked"
    return "must_change" if user.must_change_password else "active"


def area_names(profile: Profile) -> dict[str, str]:
    """What may be granted: all villages, an area above them, or a village, each after what it lies in."""
    names = {area.area_code: area.name for area in profile.areas}
    full = {
        area.area_code: "".join(names[code] for code in profile.above(area.area_code)[1:]) for area in profile.areas
    }
    return {ALL: t("admin.all_areas"), **{code: full[code] or names[code] for code in names}}


def department_names(profile: Profile) -> dict[str, str]:
    return {one.department_code: in_language(one.name, one.name_en) for one in profile.departments}


def accounts(
    users: Iterable[User], seen: Mapping[int, dt.datetime], profile: Profile, now: dt.datetime
) -> pl.DataFrame:
    """One row an account: name, role, state, reach (areas or departments), households, last_seen."""
    areas, departments = area_names(profile), department_names(profile)
    rows = []
    for user in users:
        granted = [areas.get(row.area_code, row.area_code) for row in user.areas]
        granted += [departments.get(row.department_code, row.department_code) for row in user.departments]
        last = seen.get(user.user_id)
        rows.append(
            {
                "name": user.name,
                "role": t(f"shell.role.{user.role}"),
                "state": t(f"admin.state.{state_of(user, now)}"),
                "reach": join_words(granted),
                "households": user.role in HOUSEHOLDS_ALWAYS or user.households,
                "last_seen": fmt_instant(last.astimezone()) if last else t("admin.never"),
            }
        )
    return pl.DataFrame(rows)


def account_columns() -> dict[str, Column]:
    kinds = {"households": "yes_no"}
    names = ("name", "role", "state", "reach", "households", "last_seen")
    return {name: Column(t(f"admin.column.{name}"), kinds.get(name, "text")) for name in names}  # type: ignore[arg-type]


def counted(users: list[User], signed_in: int, now: dt.datetime) -> str:
    """How many accounts there are, in which state, and how many sessions are open."""
    states = [state_of(user, now) for user in users]
    told = [t(f"admin.counted.{state}", n=fmt_number(states.count(state))) for state in STATES if state in states]
    return t("admin.counted", n=fmt_number(len(users)), states=join_words(told), sessions=fmt_number(signed_in))


def sessions(open_sessions: pl.DataFrame) -> pl.DataFrame:
    """One row a session: name, role, created_at, seen_at, expires_at, in words."""
    rows = [
        {
            "name": row["user_name"],
            "role": t(f"shell.role.{row['role']}"),
            **{at: fmt_instant(row[at].astimezone()) for at in ("created_at", "seen_at", "expires_at")},
        }
        for row in open_sessions.iter_rows(named=True)
    ]
    return pl.DataFrame(rows)


def session_columns() -> dict[str, Column]:
    return {name: Column(t(f"admin.column.{name}")) for name in ("name", "role", "created_at", "seen_at", "expires_at")}


def action_name(action: str) -> str:
    """What was done, in words. A word that a later program wrote is shown as it is."""
    return t(f"admin.action.{action}") if action in set(Action) else action


def trail(entries: pl.DataFrame) -> pl.DataFrame:
    """Entries of the trail as shown: entry_no, at (here), user_name, action and target in words, detail."""
    rows = [
        {
            **row,
            "at": fmt_instant(dt.datetime.fromisoformat(row["at"]).astimezone()),
            "action": action_name(row["action"]),
            "detail": row["detail"].strip("{}").replace('"', ""),
        }
        for row in entries.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=entries.schema)


def trail_columns() -> dict[str, Column]:
    return {name: Column(t(f"admin.column.{name}"), "number" if name == "entry_no" else "text") for name in _TRAIL}


def trail_csv(entries: pl.DataFrame) -> bytes:
    columns = [Exported(n, t(f"admin.column.{n}"), "integer" if n == "entry_no" else "text") for n in _TRAIL]
    return csv_file(trail(entries), columns)


def trail_xlsx(entries: pl.DataFrame, place: Mapping[str, Any], period: str) -> bytes:
    columns = {n: (t(f"admin.column.{n}"), "integer" if n == "entry_no" else "text") for n in _TRAIL}
    return sheet_of(t("admin.section.audit"), trail(entries), columns, place, period)  # type: ignore[arg-type]


def chain(verdict: Verdict) -> str:
    """Whether the trail is as it was written, and its head, to be kept elsewhere."""
    if verdict.is_whole:
        return t("admin.chain.whole", n=fmt_number(verdict.entries), head=f"{verdict.entries}:{verdict.head[:16]}…")
    return t("admin.chain.broken", entry=fmt_number(verdict.broken_at))


RESTORE_COMMANDS = (
    "kanhu --data-dir FOLDER restore FILE.kanhu\nkanhu --data-dir FOLDER check\nkanhu --data-dir FOLDER serve"
)


def is_backup_due(last: LastBackup | None, now: dt.datetime) -> bool:
    """Whether a person should make one: there is none, or it is older than a week."""
    return last is None or last.days_old(now) > OLDEST_DAYS


def backup_state(last: LastBackup | None, now: dt.datetime) -> str:
    """When the last backup was made, by whom, and whether that is too long ago."""
    if last is None:
        return t("admin.backup.never")
    by = t("admin.backup.by_command") if last.by == COMMAND_LINE else last.by
    told = {"at": fmt_instant(last.made_at.astimezone()), "by": by, "name": last.file_name}
    if is_backup_due(last, now):
        return t("admin.backup.old", n=fmt_number(last.days_old(now)), **told)
    return t("admin.backup.last", **told)


# Values of the policy, of which there are many: told as a number, for the page of definitions lists them.
_VALUES = ("stand-in", "set locally")


def health(findings: Iterable[Finding]) -> pl.DataFrame:
    """What was looked at, the worst first: state, what, fact."""
    order = {"wrong": 0, "note": 1, "ok": 2}
    everything = sorted(findings, key=lambda one: order[one.state])
    rows = [_looked_at(one, _fact(one)) for one in everything if one.what not in _VALUES]
    for what in _VALUES:
        if values := [one for one in everything if one.what == what]:
            rows.append(_looked_at(values[0], t("admin.fact.values", n=fmt_number(len(values)))))
    return pl.DataFrame(rows, schema={"what": pl.String, "state": pl.String, "fact": pl.String})


def _looked_at(one: Finding, fact: str) -> dict[str, str]:
    what, state = t(f"admin.what.{one.what.replace(' ', '_')}"), t(f"admin.health.{one.state}")
    return {"what": what, "state": state, "fact": fact}


def _fact(one: Finding) -> str:
    if one.key is None:
        return one.fact
    values = {name: fmt_number(value) if isinstance(value, int) else value for name, value in one.values.items()}
    return t(f"admin.fact.{one.key}", **values)


def health_columns() -> dict[str, Column]:
    return {
        "what": Column(t("admin.column.what"), width="small"),
        "state": Column(t("admin.column.state"), width="small"),
        "fact": Column(t("admin.column.fact"), width="large"),
    }


def health_summary(findings: Iterable[Finding]) -> str:
    everything = list(findings)
    values = {one.what for one in everything} & set(_VALUES)
    states = [one.state for one in everything if one.what not in _VALUES] + ["note"] * len(values)
    if wrong := states.count("wrong"):
        return t(
            "admin.health.must_act",
            states=t_counts("admin.health.counted", {"wrong": wrong, "notes": states.count("note")}),
        )
    return t("admin.health.in_order", ok=fmt_number(states.count("ok")), notes=fmt_number(states.count("note")))


def sizes(folders: Mapping[str, tuple[int, int]]) -> pl.DataFrame:
    """What lies on the disk: folder, files, megabytes."""
    rows = [
        {"folder": t(f"admin.folder.{name}"), "files": files, "size": size / 1_000_000}
        for name, (files, size) in folders.items()
    ]
    return pl.DataFrame(rows, schema={"folder": pl.String, "files": pl.Int64, "size": pl.Float64})


def size_columns() -> dict[str, Column]:
    return {
        "folder": Column(t("admin.column.folder")),
        "files": Column(t("admin.column.files"), "number"),
        "size": Column(t("admin.column.size"), "decimal"),
    }
