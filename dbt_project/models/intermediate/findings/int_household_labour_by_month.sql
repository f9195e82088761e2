-- Who in a monitored household is able to work, as the roster says. A blank labour capacity is counted apart: nobody
-- may be called able or unable by it.
select
    people.month,
    people.household_key,
    count(*) as members,
    count(case when not {{ is_without_labour('people.labour_capacity') }} then 1 end) as able,
    count(case when people.labour_capacity is null then 1 end) as ability_unknown,
    count(
        case when {{ is_of_working_age('people.age') }} and not {{ is_without_labour('people.labour_capacity') }} then 1 end
    ) as able_of_working_age,
    count(
        case
            when
                (people.age is null or {{ is_of_working_age('people.age') }})
                and (people.age is null or people.labour_capacity is null)
                and coalesce(not {{ is_without_labour('people.labour_capacity') }}, true)
                then 1
        end
    ) as working_age_unknown
from {{ ref('int_household_members_by_month') }} as people
inner join {{ ref('int_monitored_spells_by_month') }} as spells
    on
        people.month = spells.month
        and people.household_key = spells.household_key
where people.is_member
group by people.month, people.household_key
