-- What became of the warnings of the lists of own departments in a period, in the whole place? One row per list.
select
    agg_list_department_month.extract,
    dim_extract.title,
    dim_extract.title_en,
    agg_list_department_month.owner,
    dim_department.name as owner_name,
    dim_department.name_en as owner_name_en,
    sum(agg_list_department_month.rows_accepted)::bigint as rows_accepted,
    sum(agg_list_department_month.rows_linked)::bigint as rows_linked,
    sum(agg_list_department_month.warnings)::bigint as warnings,
    sum(agg_list_department_month.checked)::bigint as checked,
    sum(agg_list_department_month.admitted)::bigint as admitted,
    sum(agg_list_department_month.helped)::bigint as helped,
    sum(agg_list_department_month.already_monitored)::bigint as already_monitored,
    sum(agg_list_department_month.no_risk)::bigint as no_risk,
    sum(agg_list_department_month.not_found)::bigint as not_found,
    sum(agg_list_department_month.result_unknown)::bigint as result_unknown,
    sum(agg_list_department_month.overdue)::bigint as overdue,
    sum(agg_list_department_month.approved)::bigint as approved,
    sum(agg_list_department_month.planned)::bigint as planned,
    sum(agg_list_department_month.plan_helped)::bigint as plan_helped,
    sum(agg_list_department_month.duplicates)::bigint as duplicates
from agg_list_department_month
inner join dim_extract on agg_list_department_month.extract = dim_extract.extract
inner join dim_department on agg_list_department_month.owner = dim_department.department_code
where agg_list_department_month.month between $start and $end
group by all
order by agg_list_department_month.owner, agg_list_department_month.extract
