-- The day that the file of each part of the place first came, of each list and month (a town of a county sends files of
-- its own). A file that names no town is of the whole place; a zero report has come, a refused file has not.
with

loads as (select * from {{ source('landed', 'loads') }} where status = 'landed'),

parts as (
    select distinct part_code
    from {{ source('landed', 'areas') }}
    where is_unit
)

select
    loads.extract,
    loads.month as list_month,
    parts.part_code,
    min(loads.received_on) as received_on
from loads
inner join parts on coalesce(loads.part_code = parts.part_code, true)
group by loads.extract, loads.month, parts.part_code
