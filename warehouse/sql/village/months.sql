-- How did one village's numbers move from month to month? One row per month.
select
    month,
    households,
    members,
    resident_households,
    income_unknown,
    eligible,
    missed,
    ineligible,
    registered,
    monitored,
    risk_urgent + risk_high as at_high_risk,
    new_warnings,
    risk_urgent,
    risk_high,
    risk_watch,
    risk_none,
    risk_unknown,
    single_cover_missed,
    unmonitored as suspected_unmonitored,
    gradual_exit,
    household_missed,
    dropped,
    dead_or_moved_active,
    double_registered,
    potential_target,
    no_check,
    disability_subsidy_gap
from agg_area_month
where scope = 'area' and area_code = $area and month <= $month
order by month
