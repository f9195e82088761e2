-- Spells of monitoring of one household one after the other (BX 三(四)6): eliminated and approved again within the window.
with

spells as (select * from {{ ref('int_identification_spells') }} where household_key is not null),
limits as (select * from {{ ref('int_limits_dated') }} where parameter = 'relapse_window_months')

select
    cast(eliminated.spell_key as string) as spell_key,
    cast(again.spell_key as string) as again_spell_key,
    cast(again.approved_on as date) as again_approved_on
from spells as eliminated
inner join limits
    on eliminated.eliminated_on >= limits.valid_from and eliminated.eliminated_on < limits.valid_before
inner join spells as again
    on
        eliminated.household_key = again.household_key
        and eliminated.spell_key <> again.spell_key
        and eliminated.eliminated_on < again.approved_on
where not {{ is_over_months('eliminated.eliminated_on', 'again.approved_on', 'limits.limit_value') }}
