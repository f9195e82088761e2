"""Other names of villages as people confirmed them. How names are compared, and what may be one, is the intake's."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, select

from warehouse.app_db import audit
from warehouse.app_db.audit import Action
from warehouse.app_db.database import AppDb
from warehouse.app_db.models import ConfirmedAlias
from warehouse.village_names import Alias


def confirmed(db: AppDb, profile: str) -> list[Alias]:
    """The aliases of a profile, by text."""
    with db.reading() as orm:
        rows = orm.scalars(select(ConfirmedAlias).where(ConfirmedAlias.profile == profile))
        return sorted((_of(row) for row in rows), key=lambda alias: alias.text)


def _of(row: ConfirmedAlias) -> Alias:
    return Alias(row.text, row.area_code, row.village, row.confirmed_by, row.confirmed_at)


def keep(db: AppDb, profile: str, form: str, alias: Alias) -> None:
    """Keep an alias in place of an older one that is compared as the same."""
    with db.writing() as orm:
        orm.merge(_row(profile, form, alias))
        audit.append(db, orm, alias.confirmed_by, Action.ALIAS_CONFIRMED, f"{alias.text}={alias.area_code}")


def drop(db: AppDb, profile: str, form: str, by: str) -> Alias | None:
    """Take an alias back and tell what it was; null if there was none."""
    with db.writing() as orm:
        row = orm.get(ConfirmedAlias, (profile, form))
        if row is None:
            return None
        gone = _of(row)
        orm.execute(delete(ConfirmedAlias).where(ConfirmedAlias.profile == profile, ConfirmedAlias.form == form))
        audit.append(db, orm, by, Action.ALIAS_FORGOTTEN, f"{gone.text}={gone.area_code}")
        return gone


def take_over(db: AppDb, profile: str, aliases: Iterable[tuple[str, Alias]]) -> None:
    """Keep aliases (form, alias) from before they lay here. One known already stays as it is."""
    with db.writing() as orm:
        for form, alias in aliases:
            if orm.get(ConfirmedAlias, (profile, form)) is None:
                orm.add(_row(profile, form, alias))
                audit.append(db, orm, alias.confirmed_by, Action.ALIAS_CONFIRMED, f"{alias.text}={alias.area_code}")


def _row(profile: str, form: str, alias: Alias) -> ConfirmedAlias:
    return ConfirmedAlias(
        profile=profile,
        form=form,
        text=alias.text,
        area_code=alias.area_code,
        village=alias.village,
        confirmed_by=alias.confirmed_by,
        confirmed_at=alias.confirmed_at,
    )
