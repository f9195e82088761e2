select
    cast({{ text_hash("load_id || '#' || cast(row_no as string)") }} as string) as payment_key,
    cast(list_month as date) as month,
    cast(person_key as string) as person_key,
    cast(household_key as string) as household_key,
    cast(area_code as string) as area_code,
    cast(reason as string) as reason,
    cast(amount as decimal(18, 2)) as amount,
    cast(accepted_on as date) as accepted_on,
    cast(paid_on as date) as paid_on,
    cast({{ days_between('accepted_on', 'paid_on') }} as bigint) as days_to_pay,
    cast(already_on as string) as already_on,
    cast(admitted_on as date) as admitted_on,
    cast(admitted_to as string) as admitted_to,
    cast(monitored_on as date) as monitored_on,
    cast(
        case
            when household_key is null then 'unknown'
            when already_on is not null then 'already_covered'
            when admitted_on is not null then 'admitted'
            when monitored_on is not null then 'monitored'
            when temporary_follow_months is null then 'unknown'
            when is_window_over then 'nothing'
            else 'waiting'
        end as string
    ) as state
from {{ ref('int_assistance_followed') }}
order by month, area_code, paid_on, payment_key
