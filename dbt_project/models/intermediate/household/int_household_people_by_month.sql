-- What the members of a household are able to do: all dependent (DB-2(2)), any labour, any severe disability, any unemployed.
with members as (
    select
        people.month,
        people.household_key,
        people.age,
        people.labour_capacity,
        people.employment_status,
        case when lists.is_received then coalesce({{ is_severe('disabilities.disability_grade') }}, false) end as is_severe
    from {{ ref('int_household_members_by_month') }} as people
    inner join {{ ref('int_lists_by_month') }} as lists
        on
            people.month = lists.month
            and lists.extract = 'disabled_persons'
    left join {{ ref('int_disabilities_by_month') }} as disabilities
        on
            people.month = disabilities.month
            and people.person_key = disabilities.person_key
    where people.is_member
),

-- True, false or null: unknown where what would decide is missing.
judged as (
    select
        *,
        ({{ is_elder('age') }} or {{ is_child('age') }} or is_severe)
        and {{ is_without_labour('labour_capacity') }} as is_dependent
    from members
)

select
    month,
    household_key,
    case
        when bool_or(not is_dependent) then false
        when bool_or(is_dependent is null) then null
        else true
    end as all_dependent,
    coalesce(bool_and(coalesce({{ is_without_labour('labour_capacity') }}, false)), false) as is_without_labour,
    coalesce(bool_or(is_severe), false) as has_severe_disability,
    coalesce(bool_or(employment_status = '失业' and {{ is_of_working_age('age') }}), false) as has_unemployed
from judged
group by month, household_key
