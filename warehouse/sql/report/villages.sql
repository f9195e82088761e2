-- What does each village report for a month? One row per village by code.
with registers as (
    select
        area_code,
        sum(people) as people,
        sum(people_admitted) as people_admitted,
        sum(people_left) as people_left
    from agg_register_month
    where month = $month
    group by area_code
),

gaps as (
    select
        area_code,
        sum(households) as gaps,
        sum(found) as gaps_found,
        sum(cleared) as gaps_cleared
    from agg_gap_month
    where month = $month
    group by area_code
)

select
    dim_area.area_code,
    dim_area.name,
    figures.households,
    figures.members,
    registers.people::bigint as assisted_people,
    registers.people_admitted::bigint as people_admitted,
    registers.people_left::bigint as people_left,
    assistance.payments,
    assistance.amount,
    figures.gradual_exit,
    figures.monitored,
    gaps.gaps::bigint as gaps,
    gaps.gaps_found::bigint as gaps_found,
    gaps.gaps_cleared::bigint as gaps_cleared,
    issues.open_at_end,
    issues.overdue_at_end
from dim_area
left join agg_area_month as figures on dim_area.area_code = figures.area_code and figures.month = $month
left join registers on dim_area.area_code = registers.area_code
left join agg_temporary_assistance_month as assistance
    on dim_area.area_code = assistance.area_code and assistance.month = $month
left join gaps on dim_area.area_code = gaps.area_code
left join agg_area_issue_month as issues on dim_area.area_code = issues.area_code and issues.month = $month
where case
    when $areas is null then dim_area.is_unit
    else list_contains(string_split($areas, ','), dim_area.area_code)
end
order by dim_area.area_code
