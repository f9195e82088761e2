select
    cast(held_on as date) as held_on,
    cast(topic as string) as topic,
    cast(attendees as bigint) as attendees,
    cast(month as date) as list_month,
    cast(received_on as date) as received_on,
    cast(load_id as string) as load_id,
    cast(row_no as bigint) as row_no
from {{ source('landed', 'trainings') }}
