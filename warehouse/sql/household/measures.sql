-- Which measures help one household, by whom, by when, and were they done? One row per measure.
select
    category,
    content,
    responsible_unit,
    due_on,
    done_on,
    state
from fct_measure
where household_key = $household
order by due_on nulls last, category, measure_key
