-- Which month's roster is in force in each part of the place: the newest up to the month with rows of that part. Towns of
-- a county send rosters of their own: where one is missing its older one stands. A town is one part.
with areas as (select * from {{ source('landed', 'areas') }}),

received as (
    select distinct
        areas.part_code,
        roster.list_month
    from {{ ref('stg_public_security__household_roster') }} as roster
    inner join areas on roster.area_code = areas.area_code
)

select
    months.month,
    months.month_end,
    received.part_code,
    max(received.list_month) as list_month,
    max(received.list_month) = months.month as is_received_this_month
from {{ source('landed', 'months') }} as months
inner join received on received.list_month <= months.month
group by months.month, months.month_end, received.part_code
