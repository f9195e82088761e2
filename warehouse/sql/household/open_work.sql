-- What is still to be done for the household? One row per warning to check, measure to carry out and problem to put right.
select 'warning' as kind, extract as what, pushed_on as since, due_on, state
from fct_warning
where household_key = $household and verified_on is null
union all
select 'measure', category, null, due_on, state
from fct_measure
where household_key = $household and done_on is null
union all
select 'issue', category, found_on, due_on, state
from fct_issue
where household_key = $household and state <> 'closed'
union all
select 'referral', need, accepted_on, due_on, state
from fct_referral
where household_key = $household and state in ('open', 'overdue', 'unknown')
union all
select 'service_need', need, registered_on, null, case state when 'assigned' then 'open' else state end
from fct_service_need
where household_key = $household and state in ('open', 'assigned')
order by due_on, kind, what
