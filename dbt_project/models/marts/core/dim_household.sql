with people as (
    select
        rows_of_roster.*,
        persons.id_masked as head_id_masked
    from {{ ref('int_roster_rows_identified') }} as rows_of_roster
    inner join {{ ref('int_persons') }} as persons on rows_of_roster.person_key = persons.person_key
    qualify row_number() over (
        partition by rows_of_roster.household_key
        order by
            rows_of_roster.list_month desc,
            rows_of_roster.is_member desc,
            rows_of_roster.relation in ('户主', '本人') desc nulls last,
            rows_of_roster.id_birth_on asc nulls last,
            rows_of_roster.person_key asc
    ) = 1
),

current_households as (
    select households.household_key
    from {{ ref('int_households_by_month') }} as households
    inner join {{ source('landed', 'build_info') }} as info on households.month = info.last_month
)

select
    cast(people.household_key as string) as household_key,
    cast(people.household_no as string) as household_no,
    cast(people.area_code as string) as area_code,
    cast(people.person_key as string) as head_person_key,
    cast(people.name as string) as head_name,
    cast(people.head_id_masked as string) as head_id_masked,
    cast(people.list_month as date) as newest_roster_month,
    cast(current_households.household_key is not null as boolean) as is_current
from people
left join current_households on people.household_key = current_households.household_key
order by people.area_code, people.household_key
