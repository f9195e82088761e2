-- Months, quarters and years that the months of the build cover, each with the last month there is of it.
with

months as (select * from {{ source('landed', 'months') }}),
today as (select as_of from {{ source('landed', 'build_info') }}),

named as (
    select
        'month' as period_kind,
        {{ month_text('month') }} as period,
        month,
        1 as whole
    from months
    union all
    select
        'quarter' as period_kind,
        quarter as period,
        month,
        3 as whole
    from months
    union all
    select
        'year' as period_kind,
        cast(year as string) as period,
        month,
        12 as whole
    from months
)

select
    cast(named.period_kind as string) as period_kind,
    cast(named.period as string) as period,
    cast(min(named.month) as date) as period_start,
    cast(last_day(max(named.month)) as date) as period_end,
    cast(min(named.month) as date) as first_month,
    cast(max(named.month) as date) as last_month,
    cast(count(*) < max(named.whole) or last_day(max(named.month)) > max(today.as_of) as boolean) as is_partial
from named
cross join today
group by named.period_kind, named.period
