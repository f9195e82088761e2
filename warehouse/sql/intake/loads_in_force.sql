-- Which loads do the figures hold, and how many rows of each? One row per load in force.
select
    load_id,
    rows_accepted
from meta_load
where is_winning and status = 'landed'
order by load_id
