-- Which rows of a month were refused, where do they stand in their file, and why? One row per row, the first $limit.
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
    quarantine.hint,
    quarantine.also
from quarantine
inner join dim_extract on quarantine.extract = dim_extract.extract
where quarantine.month = cast($month as date)
    and ($extract is null or quarantine.extract = $extract)
    and ($rule is null or quarantine.rule = $rule)
order by quarantine.extract, quarantine.file_name, quarantine.sheet, quarantine.row_no
limit $limit
