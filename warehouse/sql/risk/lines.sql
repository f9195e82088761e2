-- Which lines hold on the last day of a month? One row per parameter.
select
    parameter,
    number,
    source,
    is_local,
    is_stand_in,
    clause,
    note
from meta_parameter
where parameter in ('monitoring_line', 'watch_multiple', 'dibao_standard', 'warning_active_months')
    and valid_from <= last_day(cast($month as date))
    and (valid_to is null or valid_to >= last_day(cast($month as date)))
qualify row_number() over (partition by parameter order by valid_from desc) = 1
order by parameter
