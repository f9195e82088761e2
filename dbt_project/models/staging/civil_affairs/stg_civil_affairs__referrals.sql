select
    cast(household_no as string) as household_no,
    cast(head_id_key as string) as head_id_key,
    cast(head_id_prefix_key as string) as head_id_prefix_key,
    cast(head_id_kind as string) as head_id_kind,
    cast(area_code as string) as area_code,
    cast(need as string) as need,
    cast(accepted_on as date) as accepted_on,
    cast(forwarded_on as date) as forwarded_on,
    cast(forwarded_to as string) as forwarded_to,
    cast(completed_on as date) as completed_on,
    cast(result as string) as result,
    cast(month as date) as list_month,
    cast(received_on as date) as received_on,
    cast(load_id as string) as load_id,
    cast(row_no as bigint) as row_no
from {{ source('landed', 'referrals') }}
