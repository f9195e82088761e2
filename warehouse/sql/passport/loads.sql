-- Which files of these lists hold for a period: those of its months, and of a list that has none the newest before? One row per file.
with files as (
    select
        loads.*,
        loads.month between $from_month and $to_month as is_of_period,
        max(loads.month) over (partition by loads.extract) as newest
    from meta_load as loads
    where loads.is_winning and loads.month <= $to_month and list_contains(string_split($extracts, ','), loads.extract)
)

select
    files.extract,
    lists.title,
    lists.title_en,
    files.month,
    files.file_name,
    files.received_on,
    files.loaded_at,
    files.rows_read,
    files.rows_accepted,
    files.rows_quarantined
from files
left join dim_extract as lists on files.extract = lists.extract
where files.is_of_period or files.month = files.newest
order by files.extract, files.month, files.file_name
