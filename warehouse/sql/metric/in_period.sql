-- How does every metric stand in a period, beside the period before, for the whole or one village? One row per metric.
with wanted as (
    select *
    from metric_values
    where period_kind = $period_kind
        and (($area is null and scope = 'profile') or (scope = 'area' and scope_code = $area))
)

select
    now.metric,
    now.period,
    now.is_partial,
    now.numerator,
    now.denominator,
    now.unknown,
    now.numerator_people,
    now.denominator_people,
    now.value,
    now.low,
    now.high,
    now.target,
    now.state,
    now.lists_missing,
    earlier.period as earlier_period,
    earlier.numerator as earlier_numerator,
    earlier.denominator as earlier_denominator,
    earlier.value as earlier_value
from wanted as now
left join wanted as earlier on now.metric = earlier.metric and earlier.period = $earlier
where now.period = $period
order by now.metric
