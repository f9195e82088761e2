"""What another limit on a warning list would have sent: which leads, and which admissions they would have foreseen.

A list holds only those whose amount is over the present limit: what a lower one would send is in no list, and nothing
is said of it. Source: 05-pages "Lead yield per list and limit"; metrics lead_yield, unforeseen_admissions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import duckdb
import polars as pl

from warehouse.errors import AccessDeniedError
from warehouse.lab import PAGE, LabError, opened
from warehouse.scope import Scope, may_open

# Leads whose check ended so were worth the visit (YL-4).
_HITS = ("纳入监测", "落实救助")


@dataclass(frozen=True)
class Leads:
    """leads: one row per household, list and month with the list's amount (null: none written): extract, month, amount,
    is_checked, is_hit (admitted or helped), is_admitted. admissions: one row per admission in the months of the lists
    and list that warned of the household in the `days` before (extract and amount null: none did): admission, extract,
    amount. days: null where the place sets no such time.
    """

    leads: pl.DataFrame
    admissions: pl.DataFrame
    days: int | None


def leads(path: Path, scope: Scope, areas: tuple[str, ...]) -> Leads:
    """The leads with amounts of these villages, and the admissions, without the households they are of.

    Raises: AccessDeniedError for a role that the page does not open for, or a village beyond the scope; LabError if the
    snapshot does not hold the amounts.
    """
    if not may_open(scope, PAGE) or not set(areas) <= set(scope.areas):
        raise AccessDeniedError(f"policy lab: got role {scope.role} and {len(areas)} areas, expected those of a scope.")
    return _leads(path, tuple(sorted(areas)))


@lru_cache(maxsize=16)
def _leads(path: Path, areas: tuple[str, ...]) -> Leads:
    with opened(path) as con:
        try:
            days = con.execute(
                "select number from snapshot.main.meta_parameter where parameter = 'forewarning_days' and is_in_force"
            ).fetchall()
            limit = int(days[0][0]) if days else None
            found = con.sql(_LEADS, params={"areas": list(areas), "hits": list(_HITS)}).pl()
            admissions = con.sql(_ADMISSIONS, params={"areas": list(areas), "days": limit}).pl()
        except duckdb.Error as error:
            raise LabError(f"policy lab: got {type(error).__name__}, expected leads. Run `kanhu build`.") from None
    return Leads(found, admissions, limit)


_LEADS = """
select
    amounts.extract,
    amounts.list_month as month,
    cast(amounts.amount as double) as amount,
    warnings.verified_on is not null as is_checked,
    coalesce(list_contains($hits, warnings.result), false) as is_hit,
    coalesce(warnings.result = '纳入监测', false) as is_admitted
from snapshot.main.lab_warning_amounts as amounts
inner join snapshot.main.fct_warning as warnings
    on amounts.household_key = warnings.household_key
    and amounts.extract = warnings.extract
    and amounts.list_month = warnings.month
where list_contains($areas, warnings.area_code)
order by amounts.extract, amounts.list_month, amounts.amount, is_hit
"""

_ADMISSIONS = """
with spells as (
    select spell_key, household_key, approved_on, row_number() over (order by approved_on, spell_key) as admission
    from snapshot.main.fct_identification
    where list_contains($areas, area_code)
        -- A window that begins before the first lists can be foreseen by none of them.
        and approved_on - $days::integer >= (select min(month) from snapshot.main.fct_warning)
)
select
    spells.admission,
    warnings.extract,
    max(cast(amounts.amount as double)) as amount
from spells
left join snapshot.main.fct_warning as warnings
    on spells.household_key = warnings.household_key
    and warnings.pushed_on between spells.approved_on - $days::integer and spells.approved_on
left join snapshot.main.lab_warning_amounts as amounts
    on warnings.household_key = amounts.household_key
    and warnings.extract = amounts.extract
    and warnings.month = amounts.list_month
group by spells.admission, warnings.extract
order by spells.admission, warnings.extract
"""


def at_limits(found: Leads, extract: str, limits: list[float]) -> pl.DataFrame:
    """What each limit would have sent of a list, beside what the list sent.

    Returns: one row per limit: limit (yuan), sent, checked (of those sent), hits (of those checked), missed (hits that
    it would not have sent), foreseen (admissions that this list would have foreseen), unforeseen (admissions that this
    list foresaw, that it would not have, and no other list did), unknown (leads with no amount: beside all of this).
    """
    own = found.leads.filter(pl.col("extract") == extract)
    known = own.filter(pl.col("amount").is_not_null())
    foreseen = found.admissions.filter(pl.col("extract") == extract, pl.col("amount").is_not_null())
    others = set(found.admissions.filter(pl.col("extract").is_not_null(), pl.col("extract") != extract)["admission"])
    rows = []
    for limit in limits:
        sent, kept = known.filter(pl.col("amount") >= limit), foreseen.filter(pl.col("amount") >= limit)
        gone = set(foreseen["admission"]) - set(kept["admission"]) - others
        rows.append(
            {
                "limit": float(limit),
                "sent": sent.height,
                "checked": sent.filter("is_checked").height,
                "hits": sent.filter("is_hit").height,
                "missed": known.filter("is_hit").height - sent.filter("is_hit").height,
                "foreseen": kept["admission"].n_unique(),
                "unforeseen": len(gone),
                "unknown": own.height - known.height,
            }
        )
    return pl.DataFrame(rows)
