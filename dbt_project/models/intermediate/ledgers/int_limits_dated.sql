-- Each time limit with the days from which and before which it was in force (03-rules "Time limits").
with

parameters as (select * from {{ source('landed', 'parameters') }}),

dated as (
    select
        parameter,
        unit,
        number,
        valid_from,
        valid_to,
        lead(valid_from) over (partition by parameter order by valid_from) as next_from
    from parameters
    where parameter like '%\_days%' escape '\' or parameter in (
        'elimination_months', 'repeat_window_months', 'relapse_window_months', 'temporary_follow_months', 'carried_meetings'
    )
)

select
    cast(parameter as string) as parameter,
    cast(round(number) as bigint) as limit_value,
    -- `day` or `working_day` (counted by landed.days); months for spans in months.
    cast(unit as string) as unit,
    cast(valid_from as date) as valid_from,
    cast(coalesce(least(valid_to + 1, next_from), next_from, valid_to + 1, date '9999-12-31') as date) as valid_before
from dated
