-- Which gaps stand in a month, which are new and which are gone since the month before? One row per gap.
select
    gap,
    households,
    people,
    found as newly_found,
    cleared
from agg_gap_month
where scope = 'profile' and month = $month
order by list_position(
        [
            'suspected_missed', 'single_cover_missed', 'household_missed', 'suspected_unmonitored', 'dropped',
            'suspected_ineligible', 'dead_or_moved_active', 'double_registered', 'no_check', 'disability_subsidy_gap'
        ], gap
    )
