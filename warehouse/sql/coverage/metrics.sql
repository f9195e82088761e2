-- How does cover stand in the period, in one area or the whole, and in the period before? One row per metric.
with wanted as (
    select *
    from metric_values
    where metric in ('coverage_rate', 'missed_rate', 'ineligible_rate', 'single_cover_rate', 'income_known')
        and scope = $scope
        and scope_code = $scope_code
        and period_kind = $period_kind
),

earlier as (
    select *
    from wanted
    where period < $period
    qualify row_number() over (partition by metric order by period desc) = 1
)

select
    wanted.metric,
    wanted.period,
    wanted.is_partial,
    wanted.numerator,
    wanted.denominator,
    wanted.unknown,
    wanted.numerator_people,
    wanted.denominator_people,
    wanted.value,
    wanted.low,
    wanted.high,
    wanted.target,
    wanted.state,
    wanted.lists_missing,
    earlier.period as earlier_period,
    earlier.numerator as earlier_numerator,
    earlier.denominator as earlier_denominator,
    earlier.value as earlier_value
from wanted
left join earlier on wanted.metric = earlier.metric
where wanted.period = $period
order by wanted.metric
