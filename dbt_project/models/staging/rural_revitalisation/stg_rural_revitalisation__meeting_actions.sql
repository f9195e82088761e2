select
    cast(met_on as date) as met_on,
    cast(kind as string) as kind,
    cast(action as string) as action,
    cast(responsible_unit as string) as responsible_unit,
    cast(due_on as date) as due_on,
    cast(done_on as date) as done_on,
    cast(month as date) as list_month,
    cast(received_on as date) as received_on,
    cast(load_id as string) as load_id,
    cast(row_no as bigint) as row_no
from {{ source('landed', 'meeting_actions') }}
