-- What do the ledgers tell of each entry of the calendar? One row per entry and thing counted.
select
    kind,
    year,
    number,
    measure,
    counted,
    counted_of
from agg_stage_progress
order by kind, year, number, measure_order
