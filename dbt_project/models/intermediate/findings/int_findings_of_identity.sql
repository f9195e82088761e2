-- Identity (03-rules "Findings"): one ID on two people, a name that differs between lists, a person in two households, a
-- household of another size.
with rosters as (
    select
        month,
        list_month
    from {{ ref('int_list_months_in_force') }}
    where extract = 'household_roster'
),

names_by_id as (
    select
        list_month,
        id_key as person_key,
        count(distinct name) as names,
        min(load_id) as load_id,
        min(row_no) as row_no
    from {{ ref('stg_public_security__household_roster') }}
    where id_key is not null
    group by list_month, id_key
    having count(distinct name) > 1
),

roster_names as (
    select distinct
        id_key as person_key,
        name
    from {{ ref('stg_public_security__household_roster') }}
    where id_key is not null
),

-- Every name beside a whole ID, in each list that gives both.
names_in_lists as (
    {%- for list in var('linked_lists') if list.person or list.head_name %}
    select
        '{{ list.extract }}' as extract,
        load_id,
        row_no,
        list_month,
        {{ 'name' if list.person else 'head_name' }} as name,
        {{ 'id_key' if list.person else 'head_id_key' }} as person_key
    from {{ ref('stg_' ~ list.owner ~ '__' ~ list.extract) }}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

-- A name that no roster ever had beside that ID; someone on no roster has nothing to be compared with.
other_names as (
    select names_in_lists.*
    from names_in_lists
    left join roster_names
        on
            names_in_lists.person_key = roster_names.person_key
            and names_in_lists.name = roster_names.name
    where
        names_in_lists.name is not null
        and roster_names.person_key is null
        and exists (select 1 from roster_names as known where known.person_key = names_in_lists.person_key)
),

in_two_households as (
    select
        month,
        person_key,
        count(*) as households,
        min(load_id) as load_id,
        min(row_no) as row_no
    from {{ ref('int_household_members_by_month') }}
    where is_member
    group by month, person_key
    having count(*) > 1
)

select
    rosters.month,
    'id_shared' as rule,
    cast(null as string) as household_key,
    names_by_id.person_key,
    'household_roster' as extract,
    names_by_id.load_id,
    names_by_id.row_no,
    cast(names_by_id.names as string) as first_fact,
    cast(null as string) as second_fact,
    cast(null as double) as limit_value
from names_by_id
inner join rosters on names_by_id.list_month = rosters.list_month
union all
select
    in_force.month,
    'name_differs' as rule,
    cast(null as string) as household_key,
    other_names.person_key,
    other_names.extract,
    other_names.load_id,
    other_names.row_no,
    other_names.extract as first_fact,
    cast(null as string) as second_fact,
    cast(null as double) as limit_value
from other_names
inner join {{ ref('int_list_months_in_force') }} as in_force
    on
        other_names.extract = in_force.extract
        and other_names.list_month = in_force.list_month
union all
select
    month,
    'two_households' as rule,
    cast(null as string) as household_key,
    person_key,
    'household_roster' as extract,
    load_id,
    row_no,
    cast(households as string) as first_fact,
    cast(null as string) as second_fact,
    cast(null as double) as limit_value
from in_two_households
union all
select
    households.month,
    'size_mismatch' as rule,
    households.household_key,
    cast(null as string) as person_key,
    'household_income' as extract,
    incomes.load_id,
    incomes.row_no,
    cast(cast(round(incomes.household_size) as bigint) as string) as first_fact,
    cast(households.members as string) as second_fact,
    cast(null as double) as limit_value
from {{ ref('int_households_by_month') }} as households
inner join {{ ref('int_household_incomes_by_month') }} as incomes
    on
        households.month = incomes.month
        and households.household_key = incomes.household_key
where incomes.household_size <> households.members
