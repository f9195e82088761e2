-- Every row of the twelve warning lists (YL-3) with its cause, the day it speaks of, the person and the household.
with list_rows as (
    {%- for list in var('warning_lists') %}
    select
        '{{ list.extract }}' as extract,
        '{{ list.cause }}' as cause,
        load_id,
        row_no,
        list_month,
        received_on,
        area_code,
        {{ list.day }} as happened_on
    from {{ ref('stg_' ~ list.owner ~ '__' ~ list.extract) }}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
)

select
    list_rows.*,
    extracts.owner,
    {{ month_index('list_rows.list_month') }} as list_month_index,
    linked.person_key,
    linked.link_method,
    linked.household_key,
    linked.household_method
from list_rows
inner join {{ ref('int_rows_linked') }} as linked
    on
        list_rows.extract = linked.extract
        and list_rows.load_id = linked.load_id
        and list_rows.row_no = linked.row_no
inner join {{ source('landed', 'extracts') }} as extracts on list_rows.extract = extracts.extract
