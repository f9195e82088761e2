"""What is served: the snapshot and the place it is of."""

from __future__ import annotations

from typing import Any

from warehouse import session
from warehouse.i18n import in_language
from warehouse.scope import Scope


def served(scope: Scope) -> dict[str, Any]:
    """The row of shell/snapshot: snapshot_id, built_at, profile_name, as_of, first_month, last_month, rules_version."""
    return session.cached("shell/snapshot", scope).row(0, named=True)


def place(scope: Scope) -> str:
    """The name of the whole, in the reader's language."""
    row = served(scope)
    return in_language(row["profile_name"], row["profile_name_en"])
