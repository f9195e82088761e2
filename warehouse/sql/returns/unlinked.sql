-- Which accepted rows of a month could not be linked to a person or household? One row per row.
select
    fct_unlinked_row.extract,
    dim_extract.title,
    dim_extract.title_en,
    fct_unlinked_row.file_name,
    fct_unlinked_row.row_no,
    fct_unlinked_row.area_name,
    fct_unlinked_row.reason
from fct_unlinked_row
inner join dim_extract on fct_unlinked_row.extract = dim_extract.extract
where fct_unlinked_row.month = cast($month as date) and fct_unlinked_row.owner = $department
order by fct_unlinked_row.extract, fct_unlinked_row.file_name, fct_unlinked_row.row_no
