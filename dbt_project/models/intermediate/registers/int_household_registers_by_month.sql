-- What the registers of assistance say of a household: the tier it is on, how, and what is wrong with its entries.
with entries as (
    select
        month,
        household_key,
        bool_or(is_covering and register = 'tekun') as on_tekun,
        bool_or(is_covering and register = 'dibao') as on_dibao,
        bool_or(is_covering and register = 'dibao_edge') as on_dibao_edge,
        bool_or(is_covering and register = 'rigid_expense') as on_rigid_expense,
        bool_or(is_covering and register = 'dibao' and cover_mode = '单人保') as is_covered_singly,
        bool_or(is_covering and register = 'dibao' and cover_mode = '整户保') as is_covered_whole,
        max(gradual_exit_months_left) as gradual_exit_months_left,
        bool_or(is_gradual_exit_unknown) as is_gradual_exit_unknown,
        max(voluntary_exit_bonus_until) as voluntary_exit_bonus_until,
        bool_or(is_dead_or_moved_active) as dead_or_moved_active,
        bool_or(is_double_registered) as double_registered,
        {{ any_or_unknown('is_unchecked') }} as no_check,
        bool_or(
            is_covering and register = 'tekun' and {{ is_elder('age') }} and self_care in ('半护理', '全护理')
        ) as has_incapacitated_tekun_elder
    from {{ ref('int_register_entries_by_month') }}
    where household_key is not null
    group by month, household_key
),

drops as (
    select distinct
        month,
        household_key
    from {{ ref('int_register_drops_by_month') }}
)

select
    households.month,
    households.household_key,
    -- 03-rules "Tier on the registers"; monitoring alone is `other`, added where it is known
    case
        when entries.on_tekun then 'tekun'
        when entries.on_dibao then 'dibao'
        when entries.on_dibao_edge then 'dibao_edge'
        when entries.on_rigid_expense then 'rigid_expense'
    end as tier_of_registers,
    coalesce(entries.on_dibao, false) as on_dibao,
    coalesce(entries.is_covered_singly, false) as is_covered_singly,
    coalesce(entries.is_covered_singly and not entries.is_covered_whole, false) as is_covered_only_singly,
    cast(entries.gradual_exit_months_left as bigint) as gradual_exit_months_left,
    coalesce(entries.is_gradual_exit_unknown, false) as is_gradual_exit_unknown,
    entries.voluntary_exit_bonus_until,
    coalesce(entries.dead_or_moved_active, false) as dead_or_moved_active,
    coalesce(entries.double_registered, false) as double_registered,
    case when entries.household_key is null then false else entries.no_check end as no_check,
    coalesce(entries.has_incapacitated_tekun_elder, false) as has_incapacitated_tekun_elder,
    drops.household_key is not null as dropped
from {{ ref('int_households_by_month') }} as households
left join entries
    on
        households.month = entries.month
        and households.household_key = entries.household_key
left join drops
    on
        households.month = drops.month
        and households.household_key = drops.household_key
