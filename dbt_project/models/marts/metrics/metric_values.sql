with

metrics as (select * from {{ source('landed', 'metrics') }}),
periods as (select * from {{ ref('int_periods') }}),
lists as (select * from {{ ref('int_metric_lists_missing') }}),
info as (select profile from {{ source('landed', 'build_info') }}),
areas as (select area_code from {{ source('landed', 'areas') }} where parent_code is not null),
area_scopes as (select * from {{ source('landed', 'area_scopes') }}),
departments as (select department_code from {{ source('landed', 'departments') }}),

counted as (
    {% for group in ['households', 'admissions', 'lists', 'warnings', 'identification', 'relapses',
                     'measures', 'files', 'issues', 'villages', 'standing', 'visits', 'care', 'meetings',
                     'referrals', 'findings'] %}
    select * from {{ ref('int_metric_' ~ group ~ '_counted') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

scopes as (
    select 'profile' as scope, profile as scope_code from info
    union all
    select 'area' as scope, area_code as scope_code from areas
    union all
    select 'department' as scope, department_code as scope_code from departments
    union all
    select 'list' as scope, extract as scope_code from {{ source('landed', 'extracts') }}
),

-- Every metric has a row for every area, department and period, whether something was counted there or not.
cells as (
    select
        metrics.metric,
        metrics.unit,
        metrics.counting,
        metrics.target,
        scopes.scope,
        scopes.scope_code,
        periods.period_kind,
        periods.period,
        periods.period_start,
        periods.period_end,
        periods.is_partial,
        lists.lists_missing,
        -- A stock is the state in the period's last month; a flow sums its months.
        case when metrics.counting = 'stock' then periods.last_month else periods.first_month end as from_month,
        periods.last_month as to_month
    from metrics
    inner join scopes on {{ is_listed('scopes.scope', 'metrics.scopes') }}
    cross join periods
    left join lists
        on
            metrics.metric = lists.metric
            and periods.period_kind = lists.period_kind
            and periods.period = lists.period
),

scoped as (
    select metric, 'profile' as scope, info.profile as scope_code, month, {{ summed_counts() }}
    from counted
    cross join info
    group by metric, info.profile, month
    union all
    select counted.metric, 'area' as scope, area_scopes.scope_code, counted.month, {{ summed_counts() }}
    from counted
    inner join area_scopes on counted.area_code = area_scopes.area_code and area_scopes.scope = 'area'
    group by counted.metric, area_scopes.scope_code, counted.month
    union all
    select metric, 'department' as scope, department_code as scope_code, month, {{ summed_counts() }}
    from counted
    where department_code is not null
    group by metric, department_code, month
    union all
    select metric, 'list' as scope, extract as scope_code, month, {{ summed_counts() }}
    from counted
    where extract is not null
    group by metric, extract, month
),

summed as (
    select
        cells.metric,
        cells.unit,
        cells.scope,
        cells.scope_code,
        cells.period_kind,
        cells.period,
        cells.period_start,
        cells.period_end,
        cells.is_partial,
        cells.target,
        cells.lists_missing,
        coalesce(sum(scoped.numerator), 0) as numerator,
        coalesce(sum(scoped.denominator), 0) as denominator,
        coalesce(sum(scoped.unknown), 0) as unknown,
        sum(scoped.numerator_people) as numerator_people,
        sum(scoped.denominator_people) as denominator_people,
        sum(scoped.unknown_people) as unknown_people
    from cells
    left join scoped
        on
            cells.metric = scoped.metric
            and cells.scope = scoped.scope
            and cells.scope_code = scoped.scope_code
            and scoped.month >= cells.from_month
            and scoped.month <= cells.to_month
    group by
        cells.metric, cells.unit, cells.scope, cells.scope_code, cells.period_kind, cells.period,
        cells.period_start, cells.period_end, cells.is_partial, cells.target, cells.lists_missing
),

stated as (
    select
        *,
        case
            when lists_missing is not null then 'list_missing'
            when denominator = 0 then 'none_to_count'
            else 'known'
        end as state
    from summed
)

select
    cast(metric as string) as metric,
    cast(scope as string) as scope,
    cast(scope_code as string) as scope_code,
    cast(period_kind as string) as period_kind,
    cast(period as string) as period,
    cast(period_start as date) as period_start,
    cast(period_end as date) as period_end,
    cast(is_partial as boolean) as is_partial,
    {% for count in ['numerator', 'denominator', 'unknown', 'numerator_people', 'denominator_people',
                     'unknown_people'] %}
    cast(case when state <> 'list_missing' then {{ count }} end as bigint) as {{ count }},
    {% endfor %}
    cast(
        case
            when state <> 'known' then null
            when unit = 'count' then numerator
            when unit = 'rate' then 1000 * cast(numerator as double) / nullif(cast(denominator as double), 0)
            else cast(numerator as double) / nullif(cast(denominator as double), 0)
        end as double
    ) as value,
    {% for side in ['low', 'high'] %}
    cast(
        case
            when state <> 'known' then null
            when unit = 'share' then {{ wilson_low('numerator', 'denominator') if side == 'low' else wilson_high('numerator', 'denominator') }}
            when unit = 'rate' then 1000 * {{ count_limit('numerator', side) }} / nullif(cast(denominator as double), 0)
        end as double
    ) as {{ side }},
    {% endfor %}
    cast(target as double) as target,
    cast(state as string) as state,
    cast(lists_missing as string) as lists_missing
from stated
order by metric, scope, scope_code, period_kind, period
