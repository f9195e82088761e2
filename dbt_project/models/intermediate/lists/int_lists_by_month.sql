-- Which month's list of each extract is in force: the newest up to the month. A zero report counts as received.
with received as (
    select distinct
        extract,
        month as list_month
    from {{ source('landed', 'loads') }}
    where is_winning
)

select
    months.month,
    months.month_end,
    extracts.extract,
    max(received.list_month) as list_month,
    max(received.list_month) is not null as is_received,
    coalesce(max(received.list_month) = months.month, false) as is_received_this_month
from {{ source('landed', 'months') }} as months
cross join {{ source('landed', 'extracts') }} as extracts
left join received
    on
        extracts.extract = received.extract
        and received.list_month <= months.month
group by months.month, months.month_end, extracts.extract
