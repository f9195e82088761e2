with

stages as (select * from {{ source('landed', 'calendar') }}),
info as (select as_of from {{ source('landed', 'build_info') }})

select
    cast(stages.kind as string) as kind,
    cast(stages.name as string) as name,
    cast(stages.name_en as string) as name_en,
    cast(stages.year as bigint) as year,
    cast(stages.number as bigint) as number,
    cast(stages.starts_on as date) as starts_on,
    cast(stages.ends_on as date) as ends_on,
    cast(
        case
            when info.as_of < stages.starts_on then 'ahead'
            when info.as_of > stages.ends_on then 'ended'
            else 'running'
        end as string
    ) as state,
    cast(stages.source as string) as source,
    cast(stages.clause as string) as clause,
    cast(stages.note as string) as note
from stages
cross join info
order by starts_on, kind, number
