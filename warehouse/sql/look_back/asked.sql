-- Does the place ask for the list of inspections, or did it come unasked? One row.
select
    coalesce(bool_or(is_expected), true)
    or (select count(*) from fct_inspection) > 0 as is_expected
from dim_extract
where extract = 'village_inspections'
