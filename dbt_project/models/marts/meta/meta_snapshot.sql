select
    cast(snapshot_id as string) as snapshot_id,
    cast(built_at as timestamp) as built_at,
    cast(profile as string) as profile,
    cast(profile_name as string) as profile_name,
    cast(profile_name_en as string) as profile_name_en,
    cast(as_of as date) as as_of,
    cast(first_month as date) as first_month,
    cast(last_month as date) as last_month,
    cast(sample_data as boolean) as sample_data,
    cast(rules_version as string) as rules_version,
    cast((select count(*) from {{ source('landed', 'loads') }} where is_winning) as bigint) as loads
from {{ source('landed', 'build_info') }}
