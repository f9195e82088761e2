-- How many problems were not yet put right, and how many put right but not yet closed, at the end of each month?
-- One row per month. A failed look-back puts an issue back among those not put right.
with info as (
    select as_of from meta_snapshot
),

months as (
    select distinct
        metric_values.period,
        metric_values.period_start,
        least(metric_values.period_end, info.as_of) as month_end
    from metric_values
    cross join info
    where metric_values.metric = 'rectified_in_time'
        and metric_values.period_kind = 'month'
        and metric_values.period_start <= info.as_of
),

states as (
    select
        months.period,
        months.period_start,
        months.month_end,
        fct_issue.found_on,
        fct_issue.closed_on,
        coalesce(fct_issue.closed_on <= months.month_end, false) as is_closed,
        coalesce(fct_issue.rectified_on <= months.month_end, false)
        and not coalesce(
            fct_issue.lookback_result = '未通过'
            and fct_issue.lookback_on <= months.month_end
            and fct_issue.rectified_on <= fct_issue.lookback_on,
            false
        ) as is_put_right
    from months
    inner join fct_issue on fct_issue.found_on <= months.month_end
    where $area is null or fct_issue.area_code in (select area_code from dim_area_scope where scope_code = $area)
)

select
    months.period,
    count(states.found_on) filter (where not states.is_closed and not states.is_put_right) as not_put_right,
    count(states.found_on) filter (where not states.is_closed and states.is_put_right) as awaiting,
    count(states.found_on) filter (where states.found_on >= months.period_start) as found,
    count(states.found_on) filter (where states.is_closed and states.closed_on >= months.period_start) as closed
from months
left join states on months.period = states.period
group by months.period
order by months.period
