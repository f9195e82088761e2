-- How many loads is the snapshot made of, from which months, and how many were refused? One row.
select
    count(*) filter (where is_winning) as in_force,
    count(*) filter (where status = 'refused') as refused,
    count(*) as received,
    min(month) as first_month,
    max(month) as last_month,
    max(received_on) as last_received_on
from meta_load
