select
    cast(area_code as string) as area_code,
    cast(name as string) as name,
    cast(level as string) as level,
    cast(parent_code as string) as parent_code,
    cast(division_code as string) as division_code,
    cast(code_system as string) as code_system,
    cast(tile_row as bigint) as tile_row,
    cast(tile_col as bigint) as tile_col,
    cast(is_unit as boolean) as is_unit,
    cast(depth as bigint) as depth,
    cast(path as string) as path,
    cast(level_word as string) as level_word,
    cast(level_word_en as string) as level_word_en,
    cast(level_words_en as string) as level_words_en
from {{ source('landed', 'areas') }}
order by area_code
