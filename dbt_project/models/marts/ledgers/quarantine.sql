with

rejected as (select * from {{ source('landed', 'quarantine') }}),
extracts as (select * from {{ source('landed', 'extracts') }})

select
    cast(rejected.month as date) as month,
    cast(rejected.extract as string) as extract,
    cast(extracts.owner as string) as owner,
    cast(rejected.load_id as string) as load_id,
    cast(rejected.file_name as string) as file_name,
    cast(rejected.sheet as string) as sheet,
    cast(rejected.row_no as bigint) as row_no,
    cast(rejected.column as string) as column_name,
    cast(rejected.column_title as string) as column_title,
    cast(rejected.rule as string) as rule,
    cast(rejected.also as string) as also,
    cast(rejected.shown as string) as shown,
    cast(rejected.hint as string) as hint
from rejected
left join extracts on rejected.extract = extracts.extract
order by month, extract, load_id, row_no
