-- Which trainings were held in a year? One row per event.
select
    held_on,
    half_year,
    topic,
    attendees
from fct_training
where year = $year
order by held_on, topic
