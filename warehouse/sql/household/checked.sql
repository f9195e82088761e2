-- Which departments were asked what the household owns or is paid, and how many of their rows speak of it? One row a list.
with lists as (
    select
        extract,
        max(month) as list_month
    from fct_push
    where month <= $month and received_on is not null
    group by extract
),

rows_of_household as (
    select
        fct_source_row.extract,
        count(*) as found
    from fct_source_row
    inner join lists on fct_source_row.extract = lists.extract and fct_source_row.list_month = lists.list_month
    where fct_source_row.household_key = $household
    group by fct_source_row.extract
)

select
    dim_extract.extract,
    dim_extract.title,
    dim_extract.title_en,
    dim_department.unit,
    dim_department.name_en as unit_en,
    dim_extract.is_expected,
    lists.list_month,
    case when lists.list_month is not null then coalesce(rows_of_household.found, 0) end as found
from dim_extract
left join dim_department on dim_extract.owner = dim_department.department_code
left join lists on dim_extract.extract = lists.extract
left join rows_of_household on dim_extract.extract = rows_of_household.extract
where dim_extract.kind = 'asset'
order by dim_extract.extract
