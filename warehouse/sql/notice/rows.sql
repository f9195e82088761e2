-- Who is in publicity, proposed or newly admitted in a village and a period? One row per household and notice, and no
-- more of it than a notice may say; head_name is null where a row of a list could not be linked to a household.
with households as (
    select
        dim_household.household_key,
        dim_household.household_no,
        dim_household.head_name,
        coalesce(head.age >= 18, false) as is_adult,
        fact.members
    from dim_household
    left join dim_household_member as head
        on dim_household.household_key = head.household_key
        and dim_household.head_person_key = head.person_key
    left join fct_household_month as fact
        on dim_household.household_key = fact.household_key and fact.month = date_trunc('month', cast($end as date))
    where dim_household.area_code = $area
),

admitted as (
    select
        'admitted_' || fct_register_entry.register as notice,
        fct_register_entry.household_key,
        count(distinct fct_register_entry.person_key) as people,
        sum(fct_register_entry.monthly_amount) as monthly_amount
    from fct_register_entry
    where fct_register_entry.area_code = $area
        and fct_register_entry.is_covering
        and fct_register_entry.month = date_trunc('month', cast($end as date))
        and fct_register_entry.admitted_on between cast($start as date) and cast($end as date)
    group by fct_register_entry.register, fct_register_entry.household_key
),

proposed as (
    select distinct
        case fct_application.kind
            when '低保' then 'proposed_dibao'
            when '特困' then 'proposed_tekun'
            when '低保边缘' then 'proposed_dibao_edge'
            when '刚性支出' then 'proposed_rigid_expense'
        end as notice,
        fct_application.household_key
    from fct_application
    where fct_application.area_code = $area
        and fct_application.kind in ('低保', '特困', '低保边缘', '刚性支出')
        and fct_application.state <> 'rejected'
        and fct_application.checked_on <= cast($end as date)
        and (fct_application.decided_on is null or fct_application.decided_on > cast($end as date))
),

spells as (
    select *
    from fct_identification
    where fct_identification.area_code = $area
),

all_rows as (
    select
        admitted.notice,
        admitted.household_key,
        cast(admitted.people as bigint) as people,
        cast(null as varchar) as kind,
        cast(admitted.monthly_amount as decimal(18, 2)) as monthly_amount,
        cast(null as date) as publicity_from,
        cast(null as date) as publicity_to
    from admitted
    union all
    select proposed.notice, proposed.household_key, null, null, null, null, null
    from proposed
    union all
    select
        'monitored', spells.household_key, null, spells.monitored_type, null,
        spells.publicity_from, spells.publicity_to
    from spells
    where (
        spells.publicity_from <= cast($end as date)
        and coalesce(spells.publicity_to, cast($end as date)) >= cast($start as date)
    )
    or (
        spells.publicity_from is null
        and spells.approved_on is null
        and spells.eliminated_on is null
        and spells.reviewed_on between cast($start as date) and cast($end as date)
    )
    union all
    select
        'eliminated', spells.household_key, null, spells.monitored_type, null,
        spells.exit_publicity_from, spells.exit_publicity_to
    from spells
    where spells.exit_publicity_from <= cast($end as date)
        and coalesce(spells.exit_publicity_to, cast($end as date)) >= cast($start as date)
)

select
    all_rows.notice,
    dim_area.name as village,
    households.head_name,
    coalesce(households.is_adult, false) as is_adult,
    coalesce(all_rows.people, households.members) as people,
    all_rows.kind,
    all_rows.monthly_amount,
    all_rows.publicity_from,
    all_rows.publicity_to
from all_rows
inner join dim_area on dim_area.area_code = $area
left join households on all_rows.household_key = households.household_key
order by all_rows.notice, households.household_no nulls last, all_rows.publicity_from
