-- What became of a household that a check said to admit (YL-4): approved in the ledger of monitored households, with a
-- plan, with a measure done since the warning. Each step holds only for those of the step before.
with

admitted as (
    select
        month,
        household_key,
        extract,
        pushed_on
    from {{ ref('fct_warning') }}
    where result = '纳入监测'
),

spells as (
    select
        household_key,
        plan_on,
        eliminated_on
    from {{ ref('fct_identification') }}
    where approved_on is not null
),

measured as (
    select
        household_key,
        max(done_on) as last_done_on
    from {{ ref('fct_measure') }}
    where done_on is not null
    group by household_key
),

followed as (
    select
        admitted.month,
        admitted.household_key,
        admitted.extract,
        count(spells.household_key) > 0 as is_approved,
        count(spells.plan_on) > 0 as is_planned,
        max(measured.last_done_on) >= max(admitted.pushed_on) as is_measured
    from admitted
    left join spells
        on
            admitted.household_key = spells.household_key
            and (spells.eliminated_on is null or spells.eliminated_on >= admitted.pushed_on)
    left join measured on admitted.household_key = measured.household_key
    group by admitted.month, admitted.household_key, admitted.extract
)

select
    month,
    household_key,
    extract,
    is_approved,
    is_planned,
    is_planned and coalesce(is_measured, false) as is_plan_helped
from followed
