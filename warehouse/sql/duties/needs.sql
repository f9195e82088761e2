-- What was needed in a period, as referred and as registered for services, and was it met? One row per kind and need.
select
    'referral' as kind,
    need,
    sum(accepted)::bigint as registered,
    sum(completed)::bigint as met,
    sum(open_at_end) filter (where month = $month)::bigint as open_at_end,
    null::bigint as without_provider
from agg_referral_month
where scope = 'profile' and month between $start and $end
group by need
union all
select
    'service' as kind,
    need,
    sum(registered)::bigint as registered,
    sum(met)::bigint as met,
    sum(open_at_end) filter (where month = $month)::bigint as open_at_end,
    sum(without_provider_at_end) filter (where month = $month)::bigint as without_provider
from agg_service_need_month
where scope = 'profile' and month between $start and $end
group by need
order by kind, need
