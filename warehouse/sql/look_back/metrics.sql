-- How do inspection, look-back and rectification stand in the period, and in the one before? One row per metric.
with wanted as (
    select *
    from metric_values
    where metric in (
        'inspection_coverage', 'lookback_coverage', 'rectified_in_time', 'lookback_passed', 'repeat_issue_rate'
    )
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
    wanted.numerator,
    wanted.denominator,
    wanted.unknown,
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
