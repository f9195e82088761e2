-- Does every row of every file of a month end in exactly one place? One row per file in force.
select
    meta_load.load_id,
    meta_load.extract,
    dim_extract.title,
    dim_extract.title_en,
    meta_load.month,
    meta_load.file_name,
    meta_load.sheet,
    meta_load.received_on,
    meta_load.rows_total,
    meta_load.rows_header,
    meta_load.rows_blank,
    meta_load.rows_note,
    meta_load.rows_read,
    meta_load.rows_accepted,
    meta_load.rows_quarantined,
    meta_load.rows_repaired,
    meta_load.repairs,
    meta_load.nulled
from meta_load
inner join dim_extract on meta_load.extract = dim_extract.extract
where meta_load.is_winning
    and meta_load.status = 'landed'
    and meta_load.month = cast($month as date)
    and ($extract is null or meta_load.extract = $extract)
order by meta_load.extract, meta_load.file_name
