-- Who is to be cared for and visited in a month (DJ-3, DJ-5): people on tekun, at home or in a home, and left-behind
-- elderly. One row per person; of several entries the newest agreement and the newest visit count.
with

lists as (select * from {{ ref('int_loads_in_force') }}),
parameters as (select * from {{ ref('int_parameters_by_month') }}),
homes as (select * from {{ ref('int_household_members_by_month') }} where is_home),

tekun as (
    select
        entries.month,
        entries.load_id,
        entries.row_no,
        entries.person_key,
        entries.household_key,
        register.area_code,
        true as is_tekun,
        register.care_mode,
        register.self_care,
        register.care_agreement_on,
        register.last_visit_on
    from {{ ref('int_register_entries_by_month') }} as entries
    inner join {{ ref('stg_civil_affairs__tekun_recipients') }} as register
        on entries.load_id = register.load_id and entries.row_no = register.row_no
    where entries.register = 'tekun' and entries.is_covering
),

left_behind as (
    select
        lists.month,
        ledger.load_id,
        ledger.row_no,
        links.person_key,
        links.household_key,
        ledger.area_code,
        false as is_tekun,
        cast(null as string) as care_mode,
        cast(null as string) as self_care,
        cast(null as date) as care_agreement_on,
        ledger.last_visit_on
    from lists
    inner join {{ ref('stg_civil_affairs__left_behind_elderly') }} as ledger on lists.load_id = ledger.load_id
    inner join {{ ref('int_rows_linked') }} as links
        on
            links.extract = 'left_behind_elderly'
            and ledger.load_id = links.load_id
            and ledger.row_no = links.row_no
            and {{ is_part_in_force('lists', 'links') }}
),

entries as (
    select * from tekun
    union all
    select * from left_behind
),

-- Someone the roster calls dead or gone is not to be visited; someone it does not show is taken at the list's word.
placed as (
    select
        entries.*,
        coalesce(entries.person_key, entries.load_id || '#' || cast(entries.row_no as string)) as holder,
        coalesce(homes.household_key, entries.household_key) as household_now,
        coalesce(homes.area_code, entries.area_code) as area_now
    from entries
    left join homes on entries.month = homes.month and entries.person_key = homes.person_key
    where coalesce(homes.is_member, true)
),

people as (
    select
        month,
        holder,
        min(person_key) as person_key,
        min(household_now) as household_key,
        min(area_now) as area_code,
        bool_or(is_tekun) as is_tekun,
        coalesce(bool_or(not is_tekun), false) as is_left_behind,
        -- 分散 stands after 集中: written both ways, the person is at home and to be visited.
        max(care_mode) filter (where care_mode = '集中') as centralised_mode,
        max(care_mode) filter (where care_mode = '分散') as home_mode,
        max(self_care) as self_care,
        max(care_agreement_on) as care_agreement_on,
        max(last_visit_on) as last_visit_on
    from placed
    group by month, holder
)

select
    people.month,
    people.holder,
    people.person_key,
    people.household_key,
    people.area_code,
    people.is_tekun,
    people.is_left_behind,
    coalesce(people.home_mode, people.centralised_mode) as care_mode,
    people.self_care,
    people.home_mode is not null as is_home_care,
    people.care_agreement_on,
    case when people.home_mode is not null then coalesce(people.care_agreement_on <= parameters.month_end, false) end
        as has_agreement,
    people.last_visit_on,
    parameters.visit_days as limit_days,
    {{ days_between('people.last_visit_on', 'parameters.month_end') }} as days_since_visit,
    people.home_mode is not null or people.is_left_behind as is_to_be_visited
from people
inner join parameters on people.month = parameters.month
