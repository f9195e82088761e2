-- Which files of a month did a department send, and which of their values could not be read? One row per file in force.
select
    meta_load.extract,
    dim_extract.title,
    dim_extract.title_en,
    meta_load.file_name,
    meta_load.received_on,
    meta_load.rows_read,
    meta_load.rows_accepted,
    meta_load.rows_quarantined,
    meta_load.rows_repaired,
    meta_load.nulled
from meta_load
inner join dim_extract on meta_load.extract = dim_extract.extract
where meta_load.is_winning
    and meta_load.status = 'landed'
    and meta_load.month = cast($month as date)
    and dim_extract.owner = $department
order by meta_load.extract, meta_load.file_name
