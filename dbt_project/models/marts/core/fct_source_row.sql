-- Sorted so that one household's rows lie together.
select
    cast(rows_linked.list_month as date) as list_month,
    cast(rows_linked.extract as string) as extract,
    cast(rows_linked.household_key as string) as household_key,
    cast(rows_linked.person_key as string) as person_key,
    cast(households.area_code as string) as area_code,
    cast(rows_linked.load_id as string) as load_id,
    cast(rows_linked.row_no as bigint) as row_no,
    cast(rows_linked.link_method as string) as link_method,
    cast(rows_linked.household_method as string) as household_method
from {{ ref('int_rows_linked') }} as rows_linked
inner join {{ ref('dim_household') }} as households on rows_linked.household_key = households.household_key
order by 5, 3, 1, 2, 6, 7
