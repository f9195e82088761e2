with

-- A second file of a list is a file that came, though it is no list.
loads as (
    select * from {{ source('landed', 'loads') }}
    union all
    select * from {{ source('landed', 'part_loads') }}
),

extracts as (select * from {{ source('landed', 'extracts') }})

select
    cast(loads.load_id as string) as load_id,
    cast(loads.batch as bigint) as batch,
    cast(loads.extract as string) as extract,
    cast(extracts.owner as string) as owner,
    cast(loads.month as date) as month,
    cast(loads.file_name as string) as file_name,
    cast(loads.sha256 as string) as sha256,
    cast(loads.received_on as date) as received_on,
    cast(loads.loaded_at as string) as loaded_at,
    cast(loads.status as string) as status,
    cast(loads.is_winning as boolean) as is_winning,
    cast(loads.refusal_code as string) as refusal_code,
    cast(loads.layout as string) as layout,
    cast(loads.sheet as string) as sheet,
    cast(loads.rows_total as bigint) as rows_total,
    cast(loads.rows_header as bigint) as rows_header,
    cast(loads.rows_blank as bigint) as rows_blank,
    cast(loads.rows_note as bigint) as rows_note,
    cast(loads.rows_read as bigint) as rows_read,
    cast(loads.rows_accepted as bigint) as rows_accepted,
    cast(loads.rows_quarantined as bigint) as rows_quarantined,
    cast(loads.rows_repaired as bigint) as rows_repaired,
    cast(loads.repairs as string) as repairs,
    cast(loads.nulled as string) as nulled
from loads
left join extracts on loads.extract = extracts.extract
order by month, extract, batch, load_id
