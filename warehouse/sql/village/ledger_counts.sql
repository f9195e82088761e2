-- What came in and went out of the ledgers of one village in a period, and what was open at its end? One row.
with warnings as (
    select sum(new_warnings)::bigint as new_warnings
    from agg_area_month
    where scope = 'area' and area_code = $area and month between $start and $until
),

issues as (
    select
        sum(found)::bigint as found,
        sum(rectified)::bigint as rectified,
        max(open_at_end) filter (where month = $until) as open_at_end,
        max(overdue_at_end) filter (where month = $until) as overdue_at_end,
        max(awaiting_lookback_at_end) filter (where month = $until) as awaiting_lookback
    from agg_area_issue_month
    where scope = 'area' and area_code = $area and month between $start and $until
),

referrals as (
    select
        sum(accepted)::bigint as accepted,
        sum(completed)::bigint as completed,
        (sum(open_at_end) filter (where month = $until))::bigint as open_at_end,
        (sum(overdue_at_end) filter (where month = $until))::bigint as overdue_at_end
    from agg_referral_month
    where scope = 'area' and area_code = $area and month between $start and $until
),

contradictions as (
    select sum(open_findings)::bigint as open_findings
    from agg_finding_month
    where scope = 'area' and area_code = $area and month = $until
)

select
    coalesce(warnings.new_warnings, 0) as new_warnings,
    coalesce(issues.found, 0) as found,
    coalesce(issues.rectified, 0) as rectified,
    coalesce(issues.open_at_end, 0) as issues_open,
    coalesce(issues.overdue_at_end, 0) as issues_overdue,
    coalesce(issues.awaiting_lookback, 0) as awaiting_lookback,
    coalesce(referrals.accepted, 0) as accepted,
    coalesce(referrals.completed, 0) as completed,
    coalesce(referrals.open_at_end, 0) as referrals_open,
    coalesce(referrals.overdue_at_end, 0) as referrals_overdue,
    coalesce(contradictions.open_findings, 0) as findings
from warnings
cross join issues
cross join referrals
cross join contradictions
