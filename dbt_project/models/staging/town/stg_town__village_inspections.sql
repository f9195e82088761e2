select
    cast(year as bigint) as year,
    cast(area_code as string) as area_code,
    cast(kind as string) as kind,
    cast(inspected_on as date) as inspected_on,
    cast(team as string) as team,
    cast(month as date) as list_month,
    cast(received_on as date) as received_on,
    cast(load_id as string) as load_id,
    cast(row_no as bigint) as row_no
from {{ source('landed', 'village_inspections') }}
