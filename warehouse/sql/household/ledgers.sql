-- What do the other ledgers say of the household: referrals, services needed, care, subsidies, temporary assistance, needs
-- by cause? One row per item; those of a month as they stood in it.
select
    'referral' as kind,
    cast(null as varchar) as person_name,
    need as what,
    coalesce(dim_department.unit, forwarded_to) as more,
    accepted_on as since,
    due_on,
    completed_on as done_on,
    cast(null as double) as amount,
    cast(null as double) as standard,
    state
from fct_referral
left join dim_department on fct_referral.department_code = dim_department.department_code
where household_key = $household
union all
select 'service_need', dim_person.name, need, provider, registered_on, null, met_on, null, null, state
from fct_service_need
left join dim_person on fct_service_need.person_key = dim_person.person_key
where fct_service_need.household_key = $household
union all
select
    'care_visit',
    dim_person.name,
    case when is_tekun then 'tekun' else 'left_behind' end,
    case when is_home_care then case when has_agreement then 'agreed' when not has_agreement then 'not_agreed' end end,
    last_visit_on,
    last_visit_on + cast(limit_days as integer),
    null,
    null,
    null,
    coalesce(state, 'not_due')
from fct_care_visit
left join dim_person on fct_care_visit.person_key = dim_person.person_key
where fct_care_visit.month = $month and fct_care_visit.household_key = $household
union all
select
    'subsidy',
    dim_person.name,
    kind,
    because,
    null,
    null,
    null,
    cast(paid as double),
    cast(standard as double),
    case when is_entitled then state else 'not_entitled' end
from fct_subsidy
left join dim_person on fct_subsidy.person_key = dim_person.person_key
where fct_subsidy.month = $month and fct_subsidy.household_key = $household
union all
select
    'assistance',
    null,
    reason,
    coalesce(admitted_to, already_on),
    paid_on,
    null,
    coalesce(admitted_on, monitored_on),
    cast(amount as double),
    null,
    state
from fct_temporary_assistance
where household_key = $household
union all
select 'need', null, cause, null, null, null, null, measures, measures_done, state
from fct_need_month
where month = $month and household_key = $household
order by kind, since desc nulls last, what, person_name
