select
    cast(issue_no as string) as issue_no,
    cast(area_code as string) as area_code,
    cast(inspection_kind as string) as inspection_kind,
    cast(found_on as date) as found_on,
    cast(category as string) as category,
    cast(description as string) as description,
    cast(household_no as string) as household_no,
    cast(responsible_unit as string) as responsible_unit,
    cast(due_on as date) as due_on,
    cast(rectified_on as date) as rectified_on,
    cast(lookback_on as date) as lookback_on,
    cast(lookback_result as string) as lookback_result,
    cast(month as date) as list_month,
    cast(received_on as date) as received_on,
    cast(load_id as string) as load_id,
    cast(row_no as bigint) as row_no
from {{ source('landed', 'inspection_issues') }}
