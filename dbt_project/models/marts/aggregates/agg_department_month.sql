with

months as (select month from {{ source('landed', 'months') }}),
departments as (select department_code from {{ source('landed', 'departments') }}),

lists as (
    select
        month,
        owner,
        count(*) as lists,
        count(case when state = 'on_time' then 1 end) as lists_on_time,
        count(case when state = 'late' then 1 end) as lists_late,
        count(case when state = 'part' then 1 end) as lists_part,
        count(case when state = 'missing' then 1 end) as lists_missing,
        count(case when state = 'not_due' then 1 end) as lists_not_due,
        count(case when is_zero_report then 1 end) as zero_reports,
        sum(rows_read) as rows_read,
        sum(rows_accepted) as rows_accepted,
        sum(rows_quarantined) as rows_quarantined,
        sum(rows_repaired) as rows_repaired,
        sum(rows_linkable) as rows_linkable,
        sum(rows_linked) as rows_linked
    from {{ ref('fct_push') }}
    group by month, owner
),

warnings as (
    select
        month,
        owner,
        count(*) as warnings,
        count(verified_on) as warnings_checked,
        count(case when state = 'within' then 1 end) as warnings_within,
        count(case when state = 'over' then 1 end) as warnings_over,
        count(case when state = 'open' then 1 end) as warnings_open,
        count(case when state = 'overdue' then 1 end) as warnings_overdue,
        count(case when result in ('纳入监测', '落实救助') then 1 end) as warnings_hit
    from {{ ref('fct_warning') }}
    group by month, owner
)

select
    cast(months.month as date) as month,
    cast(departments.department_code as string) as department_code,
    {% for name in ['lists', 'lists_on_time', 'lists_late', 'lists_part', 'lists_missing', 'lists_not_due', 'zero_reports',
        'rows_read', 'rows_accepted', 'rows_quarantined', 'rows_repaired', 'rows_linkable', 'rows_linked'] %}
    cast(coalesce(lists.{{ name }}, 0) as bigint) as {{ name }},
    {% endfor %}
    {% for name in ['warnings', 'warnings_checked', 'warnings_within', 'warnings_over', 'warnings_open',
        'warnings_overdue'] %}
    cast(coalesce(warnings.{{ name }}, 0) as bigint) as {{ name }},
    {% endfor %}
    cast(coalesce(warnings.warnings_hit, 0) as bigint) as warnings_hit
from months
cross join departments
left join lists on months.month = lists.month and departments.department_code = lists.owner
left join warnings on months.month = warnings.month and departments.department_code = warnings.owner
order by month, department_code
