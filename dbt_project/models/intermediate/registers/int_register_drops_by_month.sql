-- People on tekun or dibao the month before and on neither now, without a reason of exit.
with entries as (
    select * from {{ ref('int_register_entries_by_month') }}
    where
        register in ('tekun', 'dibao')
        and person_key is not null
),

people as (
    select
        entries.person_key,
        months.month_index,
        bool_or(entries.is_active) as is_active,
        max(entries.exit_reason) as exit_reason,
        min(case when entries.is_active then entries.household_key end) as household_key
    from entries
    inner join {{ source('landed', 'months') }} as months on entries.month = months.month
    group by entries.person_key, months.month_index
)

select
    months.month,
    before.person_key,
    before.household_key
from people as before
inner join {{ source('landed', 'months') }} as months on before.month_index + 1 = months.month_index
left join people as now
    on
        months.month_index = now.month_index
        and before.person_key = now.person_key
where
    before.is_active
    and not coalesce(now.is_active, false)
    and now.exit_reason is null
