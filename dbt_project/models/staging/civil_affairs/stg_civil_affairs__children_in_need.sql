select
    cast(name as string) as name,
    cast(id_key as string) as id_key,
    cast(id_prefix_key as string) as id_prefix_key,
    cast(id_kind as string) as id_kind,
    cast(id_birth_on as date) as id_birth_on,
    cast(id_sex as string) as id_sex,
    cast(id_masked as string) as id_masked,
    cast(area_code as string) as area_code,
    cast(kind as string) as kind,
    cast(guardian_name as string) as guardian_name,
    cast(monthly_amount as decimal(18, 2)) as monthly_amount,
    cast(admitted_on as date) as admitted_on,
    cast(month as date) as list_month,
    cast(received_on as date) as received_on,
    cast(load_id as string) as load_id,
    cast(row_no as bigint) as row_no
from {{ source('landed', 'children_in_need') }}
