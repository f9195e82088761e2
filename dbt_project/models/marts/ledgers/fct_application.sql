with

ledger as ({{ newest_of_each_part(ref('stg_civil_affairs__applications')) }}),

links as (select * from {{ ref('int_rows_linked') }} where extract = 'applications')

select
    cast({{ text_hash("ledger.load_id || '#' || cast(ledger.row_no as string)") }} as string) as application_key,
    cast(links.household_key as string) as household_key,
    cast(ledger.area_code as string) as area_code,
    cast(ledger.kind as string) as kind,
    cast(ledger.applied_on as date) as applied_on,
    cast(ledger.checked_on as date) as checked_on,
    cast(ledger.result as string) as result,
    cast(ledger.reject_reason as string) as reject_reason,
    cast(ledger.decided_on as date) as decided_on,
    cast({{ days_between('ledger.applied_on', 'ledger.decided_on') }} as bigint) as days,
    cast(
        case
            when ledger.result = '通过' then 'passed'
            when ledger.result = '不通过' then 'rejected'
            else 'open'
        end as string
    ) as state,
    cast(ledger.list_month as date) as list_month
from ledger
left join links on ledger.load_id = links.load_id and ledger.row_no = links.row_no
order by area_code, applied_on, application_key
