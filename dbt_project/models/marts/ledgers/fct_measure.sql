with

ledger as ({{ newest_of_each_part(ref('stg_town__assistance_measures')) }}),

links as (select * from {{ ref('int_rows_linked') }} where extract = 'assistance_measures'),
today as (select as_of from {{ source('landed', 'build_info') }})

select
    cast({{ text_hash("ledger.load_id || '#' || cast(ledger.row_no as string)") }} as string) as measure_key,
    cast(links.household_key as string) as household_key,
    cast(ledger.area_code as string) as area_code,
    cast(ledger.category as string) as category,
    cast(ledger.content as string) as content,
    cast(ledger.responsible_unit as string) as responsible_unit,
    cast(ledger.due_on as date) as due_on,
    cast(ledger.done_on as date) as done_on,
    cast({{ days_between('ledger.due_on', 'coalesce(ledger.done_on, today.as_of)') }} as bigint) as days_past_due,
    cast({{ due_state('ledger.done_on', 'ledger.due_on', 'today.as_of') }} as string) as state,
    cast(ledger.amount as decimal(18, 2)) as amount,
    cast(ledger.list_month as date) as list_month
from ledger
left join links on ledger.load_id = links.load_id and ledger.row_no = links.row_no
cross join today
order by area_code, due_on, measure_key
