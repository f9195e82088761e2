-- The households of the fact: at least one member on the register in the newest roster up to the month.
with people as (
    select * from {{ ref('int_household_members_by_month') }}
    where is_member
),

heads as (
    select
        month,
        household_key,
        person_key,
        area_code
    from people
    qualify row_number() over (
        partition by month, household_key
        order by relation in ('户主', '本人') desc nulls last, birth_on asc nulls last, person_key asc
    ) = 1
),

households as (
    select
        month,
        household_key,
        min(household_no) as household_no,
        count(*) as members,
        coalesce(bool_or(resident), false) as is_resident
    from people
    group by month, household_key
)

select
    households.month,
    households.household_key,
    households.household_no,
    heads.area_code,
    households.members,
    households.is_resident,
    heads.person_key as head_person_key
from households
inner join heads
    on
        households.month = heads.month
        and households.household_key = heads.household_key
