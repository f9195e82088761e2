-- Which contradictions in the data were found, cleared and are open, of the months of a period? One row per rule.
select
    meta_finding_rule.rule,
    meta_finding_rule.name_zh,
    meta_finding_rule.name_en,
    meta_finding_rule.severity,
    coalesce(sum(agg_finding_month.new_findings), 0)::bigint as new_findings,
    coalesce(sum(agg_finding_month.cleared_findings), 0)::bigint as cleared_findings,
    coalesce(sum(agg_finding_month.came_back), 0)::bigint as came_back,
    coalesce(sum(agg_finding_month.open_findings) filter (where agg_finding_month.month = $month), 0)::bigint
        as open_findings
from meta_finding_rule
left join agg_finding_month
    on meta_finding_rule.rule = agg_finding_month.rule
    and agg_finding_month.scope = 'profile'
    and agg_finding_month.month between $start and $month
group by all
order by min(meta_finding_rule.rule_order)
