with ledger as (
    select * from {{ ref('stg_civil_affairs__trainings') }}
    where list_month = (select max(list_month) from {{ ref('stg_civil_affairs__trainings') }})
)

select
    cast({{ text_hash("load_id || '#' || cast(row_no as string)") }} as string) as training_key,
    cast(held_on as date) as held_on,
    cast(extract(year from held_on) as bigint) as year,
    cast(
        cast(extract(year from held_on) as string)
        || case when extract(month from held_on) <= 6 then 'H1' else 'H2' end as string
    ) as half_year,
    cast(topic as string) as topic,
    cast(attendees as bigint) as attendees,
    cast(list_month as date) as list_month
from ledger
order by held_on, training_key
