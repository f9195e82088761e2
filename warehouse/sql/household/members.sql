-- Who lives in the household, by the newest roster, and what is each on in the month? One row per person, the head first.
select
    dim_person.name,
    dim_household_member.relation,
    dim_person.sex,
    dim_household_member.age,
    dim_household_member.hukou_status,
    dim_household_member.is_member,
    dim_household_member.is_resident,
    dim_household_member.labour_capacity,
    dim_household_member.employment_status,
    dim_household_member.disability_kind,
    coalesce(fct_person_month.disability_grade, dim_household_member.disability_grade) as disability_grade,
    fct_person_month.registers_active,
    coalesce(fct_person_month.single_cover_candidate, false) as single_cover_candidate,
    coalesce(fct_person_month.dead_or_moved_active, false) as dead_or_moved_active,
    coalesce(fct_person_month.disability_subsidy_gap, false) as disability_subsidy_gap
from dim_household_member
inner join dim_person on dim_household_member.person_key = dim_person.person_key
left join fct_person_month
    on dim_household_member.person_key = fct_person_month.person_key and fct_person_month.month = $month
where dim_household_member.household_key = $household
order by
    dim_household_member.relation in ('户主', '本人') desc nulls last,
    dim_household_member.is_member desc,
    dim_household_member.age desc,
    dim_household_member.person_key
