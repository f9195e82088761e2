select
    cast(household_no as string) as household_no,
    cast(area_code as string) as area_code,
    cast(round as bigint) as round,
    cast(year as bigint) as year,
    cast(visited_on as date) as visited_on,
    cast(visitor as string) as visitor,
    cast(form_done as boolean) as form_done,
    cast(findings as string) as findings,
    cast(month as date) as list_month,
    cast(received_on as date) as received_on,
    cast(load_id as string) as load_id,
    cast(row_no as bigint) as row_no
from {{ source('landed', 'survey_visits') }}
