-- What do the data of an area contradict in a month? One row per rule and list.
select
    rule,
    extract,
    owner,
    severity,
    open_findings,
    new_findings,
    cleared_findings,
    came_back,
    households
from agg_finding_month
where month = cast($month as date) and area_code = $area
order by rule_order, extract
