"""Who may see what: roles, the scope a session carries, and which page opens for whom. Nothing here reads data.

A scope names every area it reaches; no role goes round that list. The URL chooses among what the scope holds, it never
adds to it. Source: 07-trust "Nobody sees what is not theirs".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from warehouse.errors import AccessDeniedError

ALL = "*"


class Role(StrEnum):
    """leader: aggregates of all areas. office: everything, identities masked. cadre: own villages.
    department: own lists and their quality. administrator: users, audit, loads; no household."""

    LEADER = "leader"
    OFFICE = "office"
    CADRE = "cadre"
    DEPARTMENT = "department"
    ADMINISTRATOR = "administrator"


# Who sees rows of single households: always, only when granted to the user, or never (any other role).
HOUSEHOLDS_ALWAYS = frozenset({Role.OFFICE, Role.CADRE})
HOUSEHOLDS_IF_GRANTED = frozenset({Role.LEADER})
# Who sees the areas' figures at all.
SEES_AREAS = frozenset({Role.LEADER, Role.OFFICE, Role.CADRE})
# Who sees how every department's lists came in; a department sees its own.
SEES_ALL_DEPARTMENTS = frozenset({Role.LEADER, Role.OFFICE, Role.CADRE, Role.ADMINISTRATOR})
SEES_REJECTED_ROWS = frozenset({Role.OFFICE, Role.DEPARTMENT, Role.ADMINISTRATOR})
# Who puts lists right: the departments, and the office that writes to them.
CORRECTS = frozenset({Role.OFFICE, Role.DEPARTMENT})
MAY_UPLOAD = frozenset({Role.OFFICE, Role.DEPARTMENT, Role.ADMINISTRATOR})
MAY_BUILD = frozenset({Role.OFFICE, Role.ADMINISTRATOR})
# Who explains a village's figure: its cadre, and the office. Leaders read.
MAY_NOTE = frozenset({Role.OFFICE, Role.CADRE})
MAY_FREEZE = frozenset({Role.OFFICE, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Scope:
    """What one signed-in user may see. Hashable: it is part of every cache key.

    areas: codes of the villages. households: rows of single households and persons are shown (masked).
    departments: codes of the departments whose lists are shown. role: None sees nothing.
    """

    user_id: int
    user_name: str
    role: Role | None
    areas: tuple[str, ...] = ()
    households: bool = False
    departments: tuple[str, ...] = ()

    @property
    def reach(self) -> Scope:
        """The same without the person: all that decides which rows there are, so that users of equal reach may share
        what is remembered."""
        return replace(self, user_id=0, user_name="")

    @property
    def rejected_rows(self) -> bool:
        return self.role in SEES_REJECTED_ROWS

    @property
    def may_reveal(self) -> bool:
        """Names whole, with a reason: who sees rows of single households at all."""
        return self.households

    @property
    def may_upload(self) -> bool:
        return self.role in MAY_UPLOAD

    @property
    def may_build(self) -> bool:
        return self.role in MAY_BUILD

    def may_note(self, area_code: str) -> bool:
        """Whether the user may write notes for that village."""
        return self.role in MAY_NOTE and area_code in self.areas

    @property
    def may_freeze(self) -> bool:
        return self.role in MAY_FREEZE


@dataclass(frozen=True)
class Page:
    """One page: its file in pages/ (without .py), its path too; the roles it opens for; where the menu has it."""

    name: str
    roles: frozenset[Role]
    group: str
    needs_households: bool = False

    @property
    def file(self) -> str:
        return f"pages/{self.name}.py"

    @property
    def title_key(self) -> str:
        return f"shell.page.{self.name}"


_LEADING = frozenset({Role.LEADER, Role.OFFICE})
_VILLAGES = _LEADING | {Role.CADRE}
# How things stand; what is to be done; what it rests on.
PAGE_GROUPS = ("whole", "work", "basis")
PAGES: tuple[Page, ...] = (
    Page("joint_meeting", _LEADING, "whole"),
    Page("risk", _LEADING, "whole"),
    Page("coverage", _LEADING, "whole"),
    Page("village", _VILLAGES, "work"),
    Page("household", _VILLAGES, "work", needs_households=True),
    Page("warnings", _VILLAGES | {Role.DEPARTMENT}, "work"),
    Page("look_back", _LEADING, "work"),
    Page("evaluation", _LEADING, "whole"),
    Page("policy_lab", _LEADING, "whole"),
    Page("intake", frozenset({Role.OFFICE, Role.DEPARTMENT, Role.ADMINISTRATOR}), "basis"),
    Page("duties", frozenset(Role), "work"),
    Page("about", frozenset(Role), "basis"),
    Page("admin", frozenset({Role.ADMINISTRATOR}), "basis"),
)


def may_open(scope: Scope, page: str) -> bool:
    """Whether the page of that name opens for the scope; an unknown page opens for nobody."""
    return any(page == known.name for known in pages_for(scope))


def pages_for(scope: Scope) -> tuple[Page, ...]:
    """The pages that open for the scope, in the order of the menu; the first is where it lands."""
    return tuple(page for page in PAGES if scope.role in page.roles and (scope.households or not page.needs_households))


def build_scope(
    *,
    user_id: int,
    user_name: str,
    role: Role,
    granted_areas: Iterable[str],
    granted_departments: Iterable[str],
    granted_households: bool,
    villages: Iterable[str],
    departments: Iterable[str],
    groups: Mapping[str, Iterable[str]] | None = None,
) -> Scope:
    """The scope of a user in a snapshot that holds these villages and departments.

    A grant of `*` or of an area above villages (`groups`: its code -> the villages below) is written out here, so that
    what reaches the gate is always a list of villages. A code the snapshot does not hold falls away.
    """
    wanted = set(granted_areas)
    below = {code for group, codes in (groups or {}).items() if group in wanted for code in codes}
    areas = _granted(wanted | below, villages) if role in SEES_AREAS else ()
    lists = tuple(departments) if role in SEES_ALL_DEPARTMENTS else _granted(granted_departments, departments)
    households = role in HOUSEHOLDS_ALWAYS or (role in HOUSEHOLDS_IF_GRANTED and granted_households)
    return Scope(user_id, user_name, role, areas, households, tuple(sorted(lists)))


def as_department(scope: Scope, department: str) -> Scope:
    """What a department of the scope would see itself: for the office, which writes to it, and the department.

    Raises: AccessDeniedError for another role, or a department the scope does not hold.
    """
    if scope.role not in CORRECTS or department not in scope.departments:
        raise AccessDeniedError(
            f"department {department}: got role {scope.role}, expected the office or the department itself. "
            "Ask the office."
        )
    return Scope(scope.user_id, scope.user_name, Role.DEPARTMENT, departments=(department,))


def _granted(granted: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    wanted = set(granted)
    return tuple(sorted(code for code in known if ALL in wanted or code in wanted))
