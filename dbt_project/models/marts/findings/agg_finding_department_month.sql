select
    cast(month as date) as month,
    cast(owner as string) as owner,
    cast(extract as string) as extract,
    cast(rule as string) as rule,
    cast(rule_order as bigint) as rule_order,
    cast(severity as string) as severity,
    cast(open_findings as bigint) as open_findings,
    cast(new_findings as bigint) as new_findings,
    cast(cleared_findings as bigint) as cleared_findings,
    cast(came_back as bigint) as came_back,
    cast(households as bigint) as households
from {{ ref('agg_finding_month') }}
where scope = 'profile'
order by month, owner, extract, rule_order
