-- What do the counts that are no metric say, month by month? One row per count, code, area and month.
with areas as (
    unpivot (select * exclude (expected_warnings, months_before, roster_month) from agg_area_month
        where $period is null or strftime(month, '%Y-%m') = $period)
    on columns(* exclude (month, scope, area_code)) into name counted_column value counted
),

assistance as (
    unpivot (select month, scope, area_code, payments, amount::bigint as amount from agg_temporary_assistance_month)
    on payments, amount into name counted_column value counted
),

issues as (
    unpivot agg_area_issue_month on columns(* exclude (month, scope, area_code))
    into name counted_column value counted
),

gathered as (
    select 'agg_area_month.' || counted_column as what, null as code, scope, area_code, month, counted from areas
    union all
    select 'agg_temporary_assistance_month.' || counted_column, null, scope, area_code, month, counted from assistance
    union all
    select 'agg_area_issue_month.' || counted_column, null, scope, area_code, month, counted from issues
    union all
    select 'agg_gap_month.households', gap, scope, area_code, month, households from agg_gap_month
    union all
    select 'agg_area_cause_month.households', cause, scope, area_code, month, households from agg_area_cause_month
    union all
    select 'agg_register_month.households', register, scope, area_code, month, households from agg_register_month
)

select
    what,
    code,
    scope,
    area_code,
    strftime(month, '%Y-%m') as period,
    counted
from gathered
where list_contains(string_split($counts, ','), what) and ($period is null or strftime(month, '%Y-%m') = $period)
order by what, code, scope, area_code, period
