-- How many households and people does each matter touch at the end of a month, and of an earlier one? One row per month.
select
    month,
    households,
    eligible,
    covered,
    missed,
    missed_people,
    ineligible,
    ineligible_people,
    unmonitored,
    unmonitored_people,
    monitored,
    monitored_people,
    ever_monitored,
    eligible_unknown,
    dropped,
    dead_or_moved_active,
    single_cover_missed
from agg_area_month
where scope = 'profile' and month in ($month, $earlier)
order by month
