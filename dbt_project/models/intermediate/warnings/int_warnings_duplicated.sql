-- A lead for a household that has an earlier one still unchecked, on the day of that check too; of leads of one day all but
-- the first list's (DB-7). One row per such warning.
with warnings as (select * from {{ ref('fct_warning') }})

select distinct
    warnings.month,
    warnings.household_key,
    warnings.extract
from warnings
inner join warnings as earlier
    on
        warnings.household_key = earlier.household_key
        and (
            earlier.pushed_on < warnings.pushed_on
            or (earlier.pushed_on = warnings.pushed_on and earlier.extract < warnings.extract)
        )
        and (earlier.verified_on is null or earlier.verified_on >= warnings.pushed_on)
