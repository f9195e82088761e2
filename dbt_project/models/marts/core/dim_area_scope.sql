select
    cast(area_code as string) as area_code,
    cast(scope_code as string) as scope_code,
    cast(scope as string) as scope
from {{ source('landed', 'area_scopes') }}
order by scope_code, area_code
