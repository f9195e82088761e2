-- People of interest in a month: disabled, on a register, or on a warning list in the `warning_active_months` to it.
with on_registers as (
    select
        month,
        person_key,
        bool_or(is_active and register = 'tekun') as on_tekun,
        bool_or(is_active and register = 'dibao') as on_dibao,
        bool_or(is_active and register = 'dibao_edge') as on_dibao_edge,
        bool_or(is_active and register = 'rigid_expense') as on_rigid_expense,
        bool_or(is_active and cover_mode = '单人保') as is_covered_singly,
        bool_or(is_dead_or_moved_active) as dead_or_moved_active,
        bool_or(is_double_registered) as double_registered,
        {{ any_or_unknown('is_unchecked') }} as no_check,
        max(gradual_exit_months_left) as gradual_exit_months_left,
        min(household_key) as household_key
    from {{ ref('int_register_entries_by_month') }}
    where person_key is not null
    group by month, person_key
),

warned as (
    select
        parameters.month,
        warnings.person_key,
        bool_or(warnings.extract = 'major_disease') as has_major_disease
    from {{ ref('int_parameters_by_month') }} as parameters
    inner join {{ ref('int_warning_rows') }} as warnings
        on
            warnings.list_month_index <= parameters.month_index
            and parameters.month_index - warnings.list_month_index < parameters.warning_active_months
    where warnings.person_key is not null
    group by parameters.month, warnings.person_key
),

disabled as (
    select * from {{ ref('int_disabilities_by_month') }}
),

drops as (
    select distinct
        month,
        person_key
    from {{ ref('int_register_drops_by_month') }}
),

people as (
    select month, person_key from on_registers
    union
    select month, person_key from warned
    union
    select month, person_key from disabled
    union
    select month, person_key from drops
)

select
    people.month,
    people.person_key,
    coalesce(homes.household_key, on_registers.household_key, persons.household_key) as household_key,
    coalesce(homes.area_code, persons.area_code) as area_code,
    coalesce(homes.is_member, false) as is_member,
    homes.hukou_status,
    homes.age,
    homes.labour_capacity,
    disabled.disability_grade,
    disabled.living_subsidy,
    disabled.nursing_subsidy,
    coalesce({{ is_severe('disabled.disability_grade') }}, false) as is_severely_disabled,
    coalesce(warned.has_major_disease, false) as has_major_disease,
    coalesce(on_registers.on_tekun, false) as on_tekun,
    coalesce(on_registers.on_dibao, false) as on_dibao,
    coalesce(on_registers.on_dibao_edge, false) as on_dibao_edge,
    coalesce(on_registers.on_rigid_expense, false) as on_rigid_expense,
    coalesce(on_registers.is_covered_singly, false) as is_covered_singly,
    coalesce(on_registers.dead_or_moved_active, false) as dead_or_moved_active,
    coalesce(on_registers.double_registered, false) as double_registered,
    case when on_registers.person_key is null then false else on_registers.no_check end as no_check,
    on_registers.gradual_exit_months_left,
    drops.person_key is not null as dropped
from people
inner join {{ ref('int_persons') }} as persons on people.person_key = persons.person_key
left join {{ ref('int_household_members_by_month') }} as homes
    on
        people.month = homes.month
        and people.person_key = homes.person_key
        and homes.is_home
left join on_registers
    on
        people.month = on_registers.month
        and people.person_key = on_registers.person_key
left join warned
    on
        people.month = warned.month
        and people.person_key = warned.person_key
left join disabled
    on
        people.month = disabled.month
        and people.person_key = disabled.person_key
left join drops
    on
        people.month = drops.month
        and people.person_key = drops.person_key
