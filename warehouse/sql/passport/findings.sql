-- Which findings stand in these lists at the end of a month, in an area or the whole? One row per rule and list.
select
    findings.rule,
    rules.name_zh,
    rules.name_en,
    findings.severity,
    lists.title,
    lists.title_en,
    findings.open_findings,
    findings.households
from agg_finding_month as findings
left join meta_finding_rule as rules on findings.rule = rules.rule
left join dim_extract as lists on findings.extract = lists.extract
where findings.month = $month
    and findings.open_findings > 0
    and list_contains(string_split($extracts, ','), findings.extract)
    and ((findings.scope = 'profile' and $area is null) or (findings.scope = 'area' and findings.area_code = $area))
order by findings.households desc nulls last, findings.rule, lists.title
