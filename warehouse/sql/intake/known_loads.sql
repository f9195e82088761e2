-- Which loads did the snapshot know of? One row per load.
select load_id
from meta_load
order by load_id
