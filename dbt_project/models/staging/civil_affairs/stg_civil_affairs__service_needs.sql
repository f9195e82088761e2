select
    cast(name as string) as name,
    cast(id_key as string) as id_key,
    cast(id_prefix_key as string) as id_prefix_key,
    cast(id_kind as string) as id_kind,
    cast(id_birth_on as date) as id_birth_on,
    cast(id_sex as string) as id_sex,
    cast(id_masked as string) as id_masked,
    cast(area_code as string) as area_code,
    cast(need as string) as need,
    cast(registered_on as date) as registered_on,
    cast(provider as string) as provider,
    cast(met_on as date) as met_on,
    cast(month as date) as list_month,
    cast(received_on as date) as received_on,
    cast(load_id as string) as load_id,
    cast(row_no as bigint) as row_no
from {{ source('landed', 'service_needs') }}
