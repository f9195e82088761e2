-- What is compared, and how the reasons were found? One row.
select
    release,
    period,
    period_start,
    period_end,
    old_snapshot_id,
    new_snapshot_id,
    old_rules,
    new_rules,
    old_as_of,
    new_as_of,
    proof,
    households
from release_info
