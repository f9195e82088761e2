-- Which parameters hold on the last day of the data, and which held before or come later? One row per parameter and day from which it holds.
select
    parameter,
    value,
    number,
    unit,
    valid_from,
    valid_to,
    source,
    is_local,
    is_stand_in,
    is_in_force,
    clause,
    note,
    note_zh
from meta_parameter
order by parameter, valid_from
