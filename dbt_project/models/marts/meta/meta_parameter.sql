with

parameters as (select * from {{ source('landed', 'parameters') }}),
info as (select last_month from {{ source('landed', 'build_info') }}),

dated as (
    select
        *,
        lead(valid_from) over (partition by parameter order by valid_from) as next_from
    from parameters
)

select
    cast(dated.parameter as string) as parameter,
    cast(dated.value as string) as value,
    cast(dated.number as double) as number,
    cast(dated.unit as string) as unit,
    cast(dated.valid_from as date) as valid_from,
    cast(coalesce(dated.valid_to, dated.next_from - 1) as date) as valid_to,
    cast(dated.source as string) as source,
    cast(dated.source = 'local' as boolean) as is_local,
    cast(dated.source = 'stand_in' as boolean) as is_stand_in,
    cast(
        dated.valid_from <= last_day(info.last_month)
        and coalesce(dated.valid_to, dated.next_from - 1, last_day(info.last_month)) >= last_day(info.last_month)
        as boolean
    ) as is_in_force,
    cast(dated.clause as string) as clause,
    cast(dated.note as string) as note,
    cast(dated.note_zh as string) as note_zh
from dated
cross join info
order by parameter, valid_from
