select
    cast(household_no as string) as household_no,
    cast(head_id_key as string) as head_id_key,
    cast(head_id_prefix_key as string) as head_id_prefix_key,
    cast(head_id_kind as string) as head_id_kind,
    cast(area_code as string) as area_code,
    cast(category as string) as category,
    cast(content as string) as content,
    cast(responsible_unit as string) as responsible_unit,
    cast(due_on as date) as due_on,
    cast(done_on as date) as done_on,
    cast(amount as decimal(18, 2)) as amount,
    cast(month as date) as list_month,
    cast(received_on as date) as received_on,
    cast(load_id as string) as load_id,
    cast(row_no as bigint) as row_no
from {{ source('landed', 'assistance_measures') }}
