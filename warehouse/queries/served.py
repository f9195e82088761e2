"""What is served: the snapshot and the place it is of."""

from __future__ import annotations

from typing import Any

from warehouse import gate, session
from warehouse.i18n import fmt_number, in_language, t
from warehouse.scope import Scope
from warehouse.settings import load_settings
from warehouse.snapshots import snapshot_path


def served(scope: Scope) -> dict[str, Any]:
    """The row of shell/snapshot: snapshot_id, built_at, profile_name, as_of, first_month, last_month, rules_version."""
    return session.cached("shell/snapshot", scope).row(0, named=True)


def place(scope: Scope) -> str:
    """The name of the whole, in the reader's language."""
    row = served(scope)
    return in_language(row["profile_name"], row["profile_name_en"])


def holds_all(scope: Scope) -> bool:
    """Whether the scope holds the whole place: who does not, gives away nothing in its name."""
    path = snapshot_path(load_settings(), session.snapshot().snapshot_id)
    return gate.open_gate(path).holds_all(scope)


def summed_place(scope: Scope, code: str | None = None) -> str:
    """What figures summed over own areas are of: the area of this code (null: the whole place), and of which part of
    it, where the scope holds a part alone."""
    tree = session.area_tree(scope)
    is_top = code is None or code == tree.top
    name = place(scope) if is_top else tree.areas[code or ""].name
    if holds_all(scope) if is_top else tree.areas[code or ""].is_unit or code in tree.whole:
        return name
    return t("shell.part_of", name=name, n=fmt_number(len(tree.compared(code))))
