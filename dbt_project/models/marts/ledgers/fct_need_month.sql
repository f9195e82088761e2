select
    cast(month as date) as month,
    cast(household_key as string) as household_key,
    cast(area_code as string) as area_code,
    cast(cause as string) as cause,
    cast(measures as bigint) as measures,
    cast(measures_done as bigint) as measures_done,
    cast(state as string) as state
from {{ ref('int_needs_by_month') }}
order by month, area_code, household_key, cause
