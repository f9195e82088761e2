-- How does one village stand beside the whole in the period, and beside its own period before? One row per metric that
-- is a share.
with own as (
    select *
    from metric_values
    where scope = 'area' and scope_code = $area and period_kind = $period_kind
),

earlier as (
    select *
    from own
    where period < $period
    qualify row_number() over (partition by metric order by period desc) = 1
),

whole as (
    select *
    from metric_values
    where scope = 'profile' and period_kind = $period_kind and period = $period
)

select
    own.metric,
    own.period,
    own.numerator,
    own.denominator,
    own.unknown,
    own.value,
    own.low,
    own.high,
    own.target,
    own.state,
    own.lists_missing,
    earlier.period as earlier_period,
    earlier.numerator as earlier_numerator,
    earlier.denominator as earlier_denominator,
    earlier.value as earlier_value,
    whole.numerator as whole_numerator,
    whole.denominator as whole_denominator,
    whole.value as whole_value
from own
inner join meta_metric on own.metric = meta_metric.metric and meta_metric.unit = 'share'
left join whole on own.metric = whole.metric
left join earlier on own.metric = earlier.metric
where own.period = $period
order by own.metric
