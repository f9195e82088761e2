-- What subsidy is due to a person in a month and what is paid (DJ-5): the living and the nursing subsidy of disabled people
-- and the living allowance of orphans and children without carers. One row per person, month and kind that is due or paid.
with

parameters as (select * from {{ ref('int_parameters_by_month') }}),
lists as (select * from {{ ref('int_loads_in_force') }}),
links as (select * from {{ ref('int_rows_linked') }}),
homes as (select * from {{ ref('int_household_members_by_month') }} where is_home),

disabled as (
    select
        conditions.*,
        coalesce(registers.on_dibao, false) as is_in_dibao_household,
        parameters.nursing_subsidy_standard,
        parameters.living_subsidy_standard
    from {{ ref('int_person_conditions_by_month') }} as conditions
    inner join parameters on conditions.month = parameters.month
    left join {{ ref('int_household_registers_by_month') }} as registers
        on
            conditions.month = registers.month
            and conditions.household_key = registers.household_key
    where conditions.is_member and conditions.disability_grade is not null
),

-- Of the children on the list in force those whom the living allowance is due to, in the household where they live, a child
-- on it twice once, with what is paid most. Other children on it may have an allowance of another kind: nothing here says.
children as (
    select
        lists.month,
        coalesce(links.person_key, register.load_id || '#' || cast(register.row_no as string)) as holder,
        links.person_key,
        coalesce(homes.household_key, links.household_key) as household_key,
        coalesce(homes.area_code, register.area_code) as area_code,
        register.kind,
        register.monthly_amount,
        parameters.child_living_standard
    from lists
    inner join parameters on lists.month = parameters.month
    inner join {{ ref('stg_civil_affairs__children_in_need') }} as register on lists.load_id = register.load_id
    inner join links
        on
            links.extract = 'children_in_need'
            and {{ is_part_in_force('lists', 'links') }}
            and register.load_id = links.load_id
            and register.row_no = links.row_no
    left join homes on lists.month = homes.month and links.person_key = homes.person_key
    where
        register.kind in ('孤儿', '事实无人抚养儿童')
        and register.admitted_on <= lists.month_end
        and coalesce(homes.is_member, true)
    qualify row_number() over (
        partition by lists.month, coalesce(links.person_key, register.load_id || '#' || cast(register.row_no as string))
        order by register.monthly_amount desc nulls last, register.load_id desc, register.row_no desc
    ) = 1
),

due as (
    select
        month, person_key as holder, person_key, household_key, area_code, 'nursing' as kind,
        disability_grade as because, is_severely_disabled as is_entitled, nursing_subsidy as paid,
        nursing_subsidy_standard as standard
    from disabled
    union all
    select
        month, person_key as holder, person_key, household_key, area_code, 'living' as kind,
        disability_grade as because, is_in_dibao_household as is_entitled, living_subsidy as paid,
        living_subsidy_standard as standard
    from disabled
    union all
    select
        month, holder, person_key, household_key, area_code, 'child' as kind,
        kind as because, true as is_entitled, monthly_amount as paid, child_living_standard as standard
    from children
),

stated as (
    select
        *,
        case
            when coalesce(paid, 0) <= 0 then 'unpaid'
            when standard is null then 'unknown'
            when paid < standard then 'short'
            when paid > standard then 'over'
            else 'paid'
        end as state
    from due
    where is_entitled or paid > 0
)

select
    month,
    holder,
    person_key,
    household_key,
    area_code,
    kind,
    because,
    is_entitled,
    paid,
    standard,
    state,
    -- Nothing paid where something is due, or paid off the standard to whomever it is paid.
    (is_entitled and state = 'unpaid') or state in ('short', 'over') as is_gap
from stated
