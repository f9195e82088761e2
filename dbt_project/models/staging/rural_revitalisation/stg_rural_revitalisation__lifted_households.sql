select
    cast(household_no as string) as household_no,
    cast(head_name as string) as head_name,
    cast(head_id_key as string) as head_id_key,
    cast(head_id_prefix_key as string) as head_id_prefix_key,
    cast(head_id_kind as string) as head_id_kind,
    cast(area_code as string) as area_code,
    cast(lifted_year as bigint) as lifted_year,
    cast(month as date) as list_month,
    cast(received_on as date) as received_on,
    cast(load_id as string) as load_id,
    cast(row_no as bigint) as row_no
from {{ source('landed', 'lifted_households') }}
