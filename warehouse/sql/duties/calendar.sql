-- What does the calendar of the place hold? One row per stage, survey, meeting or check.
select
    kind,
    name,
    name_en,
    year,
    number,
    starts_on,
    ends_on,
    state,
    source,
    clause,
    note
from meta_calendar
order by starts_on, ends_on, kind, number
