with

ledger as ({{ newest_of_each_part(ref('stg_civil_affairs__service_needs')) }}),

links as (select * from {{ ref('int_rows_linked') }} where extract = 'service_needs'),
today as (select as_of from {{ source('landed', 'build_info') }})

select
    cast({{ text_hash("ledger.load_id || '#' || cast(ledger.row_no as string)") }} as string) as need_key,
    cast(links.household_key as string) as household_key,
    cast(links.person_key as string) as person_key,
    cast(ledger.area_code as string) as area_code,
    cast(ledger.need as string) as need,
    cast(ledger.registered_on as date) as registered_on,
    cast(ledger.provider as string) as provider,
    cast(ledger.met_on as date) as met_on,
    cast({{ days_between('ledger.registered_on', 'ledger.met_on') }} as bigint) as days,
    cast(
        case when ledger.met_on is null then {{ days_between('ledger.registered_on', 'today.as_of') }} end as bigint
    ) as days_open,
    cast(
        case
            when ledger.met_on < ledger.registered_on then 'impossible'
            when ledger.met_on is not null then 'met'
            when ledger.provider is not null then 'assigned'
            else 'open'
        end as string
    ) as state,
    cast(ledger.list_month as date) as list_month
from ledger
left join links on ledger.load_id = links.load_id and ledger.row_no = links.row_no
cross join today
order by area_code, registered_on, need_key
