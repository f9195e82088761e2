-- Who stands in which household in each month, by the newest roster up to it: members and those gone or dead.
with roster_in_force as (
    select * from {{ ref('int_lists_by_month') }}
    where extract = 'household_roster'
),

roster_rows as (
    select * from {{ ref('int_roster_rows_identified') }}
)

select
    roster_in_force.month,
    roster_rows.household_key,
    roster_rows.household_no,
    roster_rows.person_key,
    roster_rows.area_code,
    roster_rows.is_member,
    roster_rows.is_home,
    roster_rows.households_of_person,
    roster_rows.relation,
    roster_rows.hukou_status,
    roster_rows.resident,
    roster_rows.labour_capacity,
    roster_rows.employment_status,
    roster_rows.schooling,
    {{ age_on('roster_rows.id_birth_on', 'roster_in_force.month_end') }} as age,
    roster_rows.id_birth_on as birth_on,
    roster_rows.load_id,
    roster_rows.row_no
from roster_in_force
inner join roster_rows on roster_in_force.list_month = roster_rows.list_month
