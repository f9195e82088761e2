-- Which rows of the lists of a month were refused, where do they stand in the file, and why? One row per row.
select
    quarantine.extract,
    dim_extract.title,
    dim_extract.title_en,
    quarantine.file_name,
    quarantine.sheet,
    quarantine.row_no,
    quarantine.column_title,
    quarantine.shown,
    quarantine.rule,
    quarantine.hint
from quarantine
inner join dim_extract on quarantine.extract = dim_extract.extract
where quarantine.month = cast($month as date) and quarantine.owner = $department
order by quarantine.extract, quarantine.file_name, quarantine.sheet, quarantine.row_no
