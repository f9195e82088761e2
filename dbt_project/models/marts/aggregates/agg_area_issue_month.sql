with

scopes as ({{ village_and_profile() }}),
months as (select * from {{ source('landed', 'months') }}),
issues as (select * from {{ ref('fct_issue') }}),

by_village as (
    select
        months.month,
        issues.area_code,
        count(case when issues.found_on >= months.month then 1 end) as found,
        count(case when issues.rectified_on >= months.month and issues.rectified_on <= months.month_end then 1 end)
            as rectified,
        count(case when issues.closed_on >= months.month and issues.closed_on <= months.month_end then 1 end) as closed,
        count(
            case
                when
                    issues.lookback_result = '未通过'
                    and issues.lookback_on >= months.month
                    and issues.lookback_on <= months.month_end
                    then 1
            end
        ) as failed,
        count(case when coalesce(issues.rectified_on > months.month_end, true) then 1 end) as open_at_end,
        count(
            case
                when coalesce(issues.rectified_on > months.month_end, true) and issues.due_on < months.month_end then 1
            end
        ) as overdue_at_end,
        count(
            case
                when
                    issues.rectified_on <= months.month_end
                    and coalesce(issues.closed_on > months.month_end, true)
                    and not coalesce(
                        issues.lookback_result = '未通过'
                        and issues.lookback_on <= months.month_end
                        and issues.rectified_on <= issues.lookback_on, false
                    )
                    then 1
            end
        ) as awaiting_lookback_at_end,
        count(
            case
                when
                    issues.lookback_result = '未通过'
                    and issues.lookback_on <= months.month_end
                    and coalesce(issues.rectified_on <= issues.lookback_on, true)
                    then 1
            end
        ) as failed_at_end,
        count(case when issues.closed_on <= months.month_end then 1 end) as closed_at_end
    from months
    inner join issues on issues.found_on <= months.month_end
    group by months.month, issues.area_code
),

summed as (
    select
        month,
        scope_code,
        {% for name in ['found', 'rectified', 'closed', 'failed', 'open_at_end', 'overdue_at_end',
            'awaiting_lookback_at_end', 'failed_at_end'] %}
        sum({{ name }}) as {{ name }},
        {% endfor %}
        sum(closed_at_end) as closed_at_end
    from ({{ with_profile_rows('by_village') }}) as by_scope
    group by month, scope_code
)

select
    cast(months.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    {% for name in ['found', 'rectified', 'closed', 'failed', 'open_at_end', 'overdue_at_end',
        'awaiting_lookback_at_end', 'failed_at_end'] %}
    cast(coalesce(summed.{{ name }}, 0) as bigint) as {{ name }},
    {% endfor %}
    cast(coalesce(summed.closed_at_end, 0) as bigint) as closed_at_end
from months
cross join scopes
left join summed on months.month = summed.month and scopes.area_code = summed.scope_code
order by month, scope, area_code
