-- What became of the warnings of each list of a period, in the whole or one area? One row per warning list.
select
    agg_list_month.extract,
    dim_extract.title,
    dim_extract.title_en,
    agg_list_month.owner,
    dim_department.name as owner_name,
    dim_department.name_en as owner_name_en,
    sum(agg_list_month.rows_accepted)::bigint as rows_accepted,
    sum(agg_list_month.rows_linked)::bigint as rows_linked,
    sum(agg_list_month.warnings)::bigint as warnings,
    sum(agg_list_month.checked)::bigint as checked,
    sum(agg_list_month.admitted)::bigint as admitted,
    sum(agg_list_month.helped)::bigint as helped,
    sum(agg_list_month.already_monitored)::bigint as already_monitored,
    sum(agg_list_month.no_risk)::bigint as no_risk,
    sum(agg_list_month.not_found)::bigint as not_found,
    sum(agg_list_month.result_unknown)::bigint as result_unknown,
    sum(agg_list_month.overdue)::bigint as overdue,
    sum(agg_list_month.approved)::bigint as approved,
    sum(agg_list_month.planned)::bigint as planned,
    sum(agg_list_month.plan_helped)::bigint as plan_helped,
    sum(agg_list_month.duplicates)::bigint as duplicates
from agg_list_month
inner join dim_extract on agg_list_month.extract = dim_extract.extract
inner join dim_department on agg_list_month.owner = dim_department.department_code
where agg_list_month.month between $start and $end
    and (($area is null and agg_list_month.scope = 'profile') or (agg_list_month.scope = 'area' and agg_list_month.area_code = $area))
group by all
order by agg_list_month.owner, agg_list_month.extract
