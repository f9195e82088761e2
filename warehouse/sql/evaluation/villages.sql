-- How do metrics stand in every village in a period? One row per metric and village, whether anything was counted or not.
with villages as (
    select area_code, name
    from dim_area
    where case when $areas is null then is_unit else list_contains(string_split($areas, ','), area_code) end
),

wanted as (
    select *
    from metric_values
    where scope = 'area' and period_kind = $period_kind and period = $period
        and list_contains(string_split($metrics, ','), metric)
)

select
    metrics.metric,
    villages.area_code,
    villages.name,
    coalesce(wanted.numerator, 0) as numerator,
    coalesce(wanted.denominator, 0) as denominator,
    coalesce(wanted.unknown, 0) as unknown,
    wanted.value,
    wanted.low,
    wanted.high,
    wanted.state
from (select distinct metric from wanted) as metrics
cross join villages
left join wanted on metrics.metric = wanted.metric and villages.area_code = wanted.scope_code
order by metrics.metric, villages.area_code
