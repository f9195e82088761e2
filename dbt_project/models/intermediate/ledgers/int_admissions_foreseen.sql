-- Was an admission to monitoring foreseen by a department's list (BX-3)? The warnings of the household in the
-- `forewarning_days` to its approval. Null where the household is not known, no length is set, or the first lists came
-- later than the window begins and none warned.
with

spells as (select * from {{ ref('int_identification_spells') }} where approved_on is not null),
limits as (select * from {{ ref('int_limits_dated') }} where parameter = 'forewarning_days'),
warnings as (select * from {{ ref('fct_warning') }}),
first_lists as (select min(month) as first_month from warnings),

warned as (
    select
        spells.spell_key,
        spells.household_key,
        spells.approved_on - cast(limits.limit_value as integer) as since_on,
        count(warnings.household_key) as warnings
    from spells
    left join limits on spells.approved_on >= limits.valid_from and spells.approved_on < limits.valid_before
    left join warnings
        on
            spells.household_key = warnings.household_key
            and spells.approved_on >= warnings.pushed_on
            and warnings.pushed_on >= spells.approved_on - cast(limits.limit_value as integer)
    group by spells.spell_key, spells.household_key, spells.approved_on - cast(limits.limit_value as integer)
)

select
    cast(warned.spell_key as string) as spell_key,
    cast(
        case
            when warned.household_key is null or warned.since_on is null then null
            when warned.warnings > 0 then true
            when warned.since_on >= first_lists.first_month then false
        end as boolean
    ) as is_foreseen
from warned
cross join first_lists
