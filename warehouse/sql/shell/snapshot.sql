-- What is served: one row.
select
    snapshot_id,
    built_at,
    profile,
    profile_name,
    profile_name_en,
    as_of,
    first_month,
    last_month,
    sample_data,
    rules_version
from meta_snapshot
