select
    cast(extract as string) as extract,
    cast(title as string) as title,
    cast(title_en as string) as title_en,
    cast(owner as string) as owner,
    cast(kind as string) as kind,
    cast(grain as string) as grain,
    cast(due_day_parameter as string) as due_day_parameter,
    cast(is_expected as boolean) as is_expected,
    cast(frequency as string) as frequency,
    cast(source as string) as source,
    cast(clause as string) as clause,
    cast(note as string) as note
from {{ source('landed', 'extracts') }}
order by extract
