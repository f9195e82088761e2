-- In which cells do the household's figures of a month stand? One row per row of a list in force: its file and row number.
with lists as (
    select
        fct_push.extract,
        max(fct_push.month) as list_month
    from fct_push
    where fct_push.month <= $month and fct_push.received_on is not null
    group by fct_push.extract
),

list_rows as (
    select
        rows_linked.extract,
        rows_linked.list_month,
        rows_linked.load_id,
        rows_linked.row_no,
        rows_linked.person_key,
        case
            when rows_linked.person_key is null or rows_linked.link_method = 'unlinked' then rows_linked.household_method
            else rows_linked.link_method
        end as method
    from fct_source_row as rows_linked
    inner join dim_extract on rows_linked.extract = dim_extract.extract
    inner join lists on rows_linked.extract = lists.extract
    where rows_linked.household_key = $household
        and rows_linked.list_month <= $month
        and (rows_linked.list_month = lists.list_month or dim_extract.kind = 'warning')
        and rows_linked.extract <> 'household_income'
    union all
    select
        'household_income' as extract,
        cast(null as date) as list_month,
        income_load_id as load_id,
        income_row_no as row_no,
        null as person_key,
        'number' as method
    from fct_household_month
    where household_key = $household and month = $month and income_load_id is not null
    union all
    select
        'household_roster' as extract,
        cast(null as date) as list_month,
        load_id,
        row_no,
        person_key,
        'number' as method
    from dim_household_member
    where household_key = $household
)

select
    list_rows.extract,
    dim_extract.title,
    dim_extract.title_en,
    dim_extract.kind,
    coalesce(list_rows.list_month, meta_load.month) as list_month,
    dim_person.name,
    meta_load.file_name,
    meta_load.sheet,
    list_rows.row_no,
    list_rows.method,
    meta_load.received_on,
    list_rows.load_id
from list_rows
inner join dim_extract on list_rows.extract = dim_extract.extract
left join meta_load on list_rows.load_id = meta_load.load_id
left join dim_person on list_rows.person_key = dim_person.person_key
order by
    list_rows.extract <> 'household_roster',
    list_rows.extract <> 'household_income',
    dim_extract.kind,
    list_rows.extract,
    list_month,
    meta_load.file_name,
    list_rows.row_no
