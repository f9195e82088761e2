-- The value of each parameter in force on the month's last day; null when none is (then a rule that needs it is unknown).
with months as (
    select * from {{ source('landed', 'months') }}
),

dated as (
    select * from {{ source('landed', 'parameters') }}
),

-- An open value ends where the next begins: of the values that cover the day the newest wins.
in_force as (
    select
        months.month,
        dated.parameter,
        dated.value,
        dated.number
    from months
    inner join dated
        on
            dated.valid_from <= months.month_end
            and (dated.valid_to is null or dated.valid_to >= months.month_end)
    qualify row_number() over (
        partition by months.month, dated.parameter
        order by dated.valid_from desc, dated.valid_to asc nulls last, dated.value asc
    ) = 1
),

-- DB-2(4) compares with the income per head of the year before.
disposable_income as (
    select
        months.month,
        dated.number
    from months
    inner join dated
        on
            dated.parameter = 'disposable_income_per_head'
            and dated.valid_from <= make_date(cast(months.year - 1 as integer), 12, 31)
            and (dated.valid_to is null or dated.valid_to >= make_date(cast(months.year - 1 as integer), 12, 31))
    qualify row_number() over (
        partition by months.month
        order by dated.valid_from desc, dated.valid_to asc nulls last, dated.number asc
    ) = 1
)

select
    months.month,
    months.month_end,
    months.month_index,
    months.quarter,
    months.year,
    {%- for parameter in var('number_parameters') %}
    max(case when in_force.parameter = '{{ parameter }}' then in_force.number end)
        as {{ parameter }},
    {%- endfor %}
    max(disposable_income.number) as disposable_income_per_head,
    max(case when in_force.parameter = 'vehicle_kinds' then in_force.value end) as vehicle_kinds,
    max(case when in_force.parameter = 'business_kinds' then in_force.value end) as business_kinds
from months
left join in_force on months.month = in_force.month
left join disposable_income on months.month = disposable_income.month
group by all
