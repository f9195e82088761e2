-- The amount behind a warning, of the lists that state one: what a limit on the list would be held against. One row per
-- household, list and list month, with the greatest amount of its people; null where none is written.
with stated as (
    {%- for list in var('warning_lists') if list.amount %}
    select
        '{{ list.extract }}' as extract,
        load_id,
        row_no,
        {{ list.amount }} as amount
    from {{ ref('stg_' ~ list.owner ~ '__' ~ list.extract) }}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
)

select
    warnings.household_key,
    warnings.extract,
    warnings.list_month,
    max(stated.amount) as amount
from {{ ref('int_warning_rows') }} as warnings
inner join stated
    on
        warnings.extract = stated.extract
        and warnings.load_id = stated.load_id
        and warnings.row_no = stated.row_no
where warnings.household_key is not null
group by warnings.household_key, warnings.extract, warnings.list_month
