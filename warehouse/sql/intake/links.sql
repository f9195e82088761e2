-- By what were the rows of each list of a month linked to a person or household? One row per list and method.
select
    agg_link_month.extract,
    dim_extract.title,
    dim_extract.title_en,
    agg_link_month.method,
    agg_link_month.rows_linkable
from agg_link_month
inner join dim_extract on agg_link_month.extract = dim_extract.extract
where agg_link_month.month = cast($month as date)
    and ($extract is null or agg_link_month.extract = $extract)
order by agg_link_month.extract, agg_link_month.method
