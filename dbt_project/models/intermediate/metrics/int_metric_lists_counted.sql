-- How lists came (YL-3, YL-6): by the day they were due, and by the month they speak of.
with

pushes as (select * from {{ ref('fct_push') }}),

quality as (
    select 'push_quality' as metric
    union all
    select 'link_rate' as metric
)

{{ count_metric(
    'push_on_time', 'pushes', month_of('due_on'), "state in ('on_time', 'late', 'part', 'missing')", "state = 'on_time'",
    area='null', department='owner', list='extract', where='due_on is not null'
) }}
union all
select
    cast(quality.metric as string) as metric,
    cast(pushes.month as date) as month,
    cast(null as string) as area_code,
    cast(pushes.owner as string) as department_code,
    cast(pushes.extract as string) as extract,
    cast(
        sum(
            case
                -- Rows about no one need no link: an issue of a whole village is as good as accepted.
                when quality.metric = 'push_quality'
                    then pushes.rows_accepted - coalesce(pushes.rows_linkable - pushes.rows_linked, 0)
                else pushes.rows_linked
            end
        ) as bigint
    ) as numerator,
    cast(
        sum(case when quality.metric = 'push_quality' then pushes.rows_read else pushes.rows_linkable end) as bigint
    ) as denominator,
    cast(0 as bigint) as unknown,
    cast(null as bigint) as numerator_people,
    cast(null as bigint) as denominator_people,
    cast(null as bigint) as unknown_people
from pushes
cross join quality
where quality.metric = 'push_quality' or pushes.rows_linkable is not null
group by quality.metric, pushes.month, pushes.owner, pushes.extract
