select
    cast(entries.month as date) as month,
    cast(entries.register as string) as register,
    cast(entries.person_key as string) as person_key,
    cast(entries.household_key as string) as household_key,
    cast(coalesce(households.area_code, persons.area_code) as string) as area_code,
    cast(entries.cover_mode as string) as cover_mode,
    cast(entries.self_care as string) as self_care,
    cast(entries.monthly_amount as decimal(18, 2)) as monthly_amount,
    cast(entries.checked_on as date) as checked_on,
    cast(entries.admitted_on as date) as admitted_on,
    cast(entries.gradual_exit_from as date) as gradual_exit_from,
    cast(entries.exited_on as date) as exited_on,
    cast(entries.exit_reason as string) as exit_reason,
    cast(entries.voluntary_exit_bonus_until as date) as voluntary_exit_bonus_until,
    cast(entries.is_active as boolean) as is_active,
    cast(entries.is_covering as boolean) as is_covering,
    cast(entries.load_id as string) as load_id,
    cast(entries.row_no as bigint) as row_no
from {{ ref('int_register_entries_by_month') }} as entries
left join {{ ref('int_households_by_month') }} as households
    on
        entries.month = households.month
        and entries.household_key = households.household_key
left join {{ ref('int_persons') }} as persons on entries.person_key = persons.person_key
order by entries.month, area_code, entries.household_key, entries.register, entries.load_id, entries.row_no
