select
    cast(area_code as string) as area_code,
    cast(name as string) as name,
    cast(level as string) as level,
    cast(parent_code as string) as parent_code,
    cast(division_code as string) as division_code,
    cast(code_system as string) as code_system,
    cast(tile_row as bigint) as tile_row,
    cast(tile_col as bigint) as tile_col,
    cast(is_unit as boolean) as is_unit
from {{ source('landed', 'areas') }}
order by area_code
