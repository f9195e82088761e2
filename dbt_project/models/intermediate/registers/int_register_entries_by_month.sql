-- The entries of the registers in force in each month, active or ended, in the household where they count that month.
with in_force as (
    select
        lists.month,
        parameters.month_end,
        parameters.month_index,
        parameters.gradual_exit_months,
        {{ end_of_month_no(month_index('entries.exited_on') ~ ' + cast(round(parameters.voluntary_exit_bonus_months) as bigint)') }}
            as bonus_until,
        entries.*,
        entries.admitted_on <= parameters.month_end
        and (entries.exited_on is null or entries.exited_on > parameters.month_end) as is_active
    from {{ ref('int_register_entries') }} as entries
    inner join {{ ref('int_loads_in_force') }} as lists
        on
            entries.load_id = lists.load_id
            and {{ is_part_in_force('lists', 'entries') }}
    inner join {{ ref('int_parameters_by_month') }} as parameters on lists.month = parameters.month
),

people as (
    select * from {{ ref('int_household_members_by_month') }}
    where is_home
),

-- By its number or its head if that household still stands, else where the person lives now.
placed as (
    select
        in_force.*,
        people.hukou_status,
        people.age,
        coalesce(
            case when in_force.household_method in ('number', 'head_id') then households.household_key end,
            people.household_key,
            in_force.household_key
        ) as household_now,
        -- Someone whom the roster calls dead or gone covers nobody; someone it does not show is taken at the register's word.
        in_force.is_active and coalesce(people.is_member, true) as is_covering,
        in_force.is_active and coalesce(not people.is_member, false) as is_dead_or_moved_active,
        {{ month_index('in_force.gradual_exit_from') }} as gradual_exit_index
    from in_force
    left join people
        on
            in_force.month = people.month
            and in_force.person_key = people.person_key
    left join {{ ref('int_households_by_month') }} as households
        on
            in_force.month = households.month
            and in_force.household_key = households.household_key
)

select
    month,
    register,
    extract,
    load_id,
    row_no,
    list_month,
    person_key,
    household_now as household_key,
    hukou_status,
    age,
    cover_mode,
    self_care,
    monthly_amount,
    checked_on,
    admitted_on,
    gradual_exit_from,
    exited_on,
    exit_reason,
    is_active,
    is_covering,
    is_dead_or_moved_active,
    -- DJ 二(二): from the month the gradual exit begins, for less than its months
    case
        when is_covering and gradual_exit_index <= month_index and month_index - gradual_exit_index < gradual_exit_months
            then gradual_exit_months - (month_index - gradual_exit_index)
    end as gradual_exit_months_left,
    -- It has begun, and the place sets no length: whether it still lasts is unknown.
    coalesce(is_covering and gradual_exit_index <= month_index and gradual_exit_months is null, false)
        as is_gradual_exit_unknown,
    -- DJ 二(二): who left dibao of their own will may be paid for some months more, until this day
    case
        when
            register = 'dibao' and exit_reason = '主动申请' and exited_on <= month_end and bonus_until >= month_end
            then bonus_until
    end as voluntary_exit_bonus_until,
    -- ST-2b: the economic check stands on or before the admission; unknown where the list has no column for it
    is_active
    and case when checked_on is not null or not coalesce(is_check_not_asked, false) then coalesce(checked_on > admitted_on, true) end
        as is_unchecked,
    coalesce(
        person_key is not null
        and is_active
        and register in ('tekun', 'dibao')
        and bool_or(is_active and register = 'tekun') over (partition by month, person_key)
        and bool_or(is_active and register = 'dibao') over (partition by month, person_key),
        false
    ) as is_double_registered
from placed
