-- What became of the referrals of a period in the whole place, by department? One row per department that any went to.
select
    agg_referral_month.department_code,
    dim_department.name,
    dim_department.name_en,
    sum(agg_referral_month.accepted)::bigint as accepted,
    sum(agg_referral_month.forwarded)::bigint as forwarded,
    sum(agg_referral_month.completed)::bigint as completed,
    sum(agg_referral_month.due)::bigint as due,
    sum(agg_referral_month.due_completed)::bigint as due_completed,
    sum(agg_referral_month.open_at_end) filter (where agg_referral_month.month = $month)::bigint as open_at_end,
    sum(agg_referral_month.overdue_at_end) filter (where agg_referral_month.month = $month)::bigint as overdue_at_end
from agg_referral_month
left join dim_department on agg_referral_month.department_code = dim_department.department_code
where agg_referral_month.scope = 'profile' and agg_referral_month.month between $start and $end
group by agg_referral_month.department_code, dim_department.name, dim_department.name_en
order by dim_department.name is null, agg_referral_month.department_code
