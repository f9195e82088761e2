select
    cast(name as string) as name,
    cast(id_key as string) as id_key,
    cast(id_prefix_key as string) as id_prefix_key,
    cast(id_kind as string) as id_kind,
    cast(id_birth_on as date) as id_birth_on,
    cast(id_sex as string) as id_sex,
    cast(id_masked as string) as id_masked,
    cast(area_code as string) as area_code,
    cast(disability_kind as string) as disability_kind,
    cast(disability_grade as string) as disability_grade,
    cast(certified_on as date) as certified_on,
    cast(living_subsidy as decimal(18, 2)) as living_subsidy,
    cast(nursing_subsidy as decimal(18, 2)) as nursing_subsidy,
    cast(month as date) as list_month,
    cast(received_on as date) as received_on,
    cast(load_id as string) as load_id,
    cast(row_no as bigint) as row_no
from {{ source('landed', 'disabled_persons') }}
