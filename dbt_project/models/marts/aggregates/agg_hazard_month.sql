-- Where new warnings go beyond chance: by area, by cause and by both (YL-2a; 03-rules "Large-scale hazard").
with

thresholds as (select * from {{ source('landed', 'hazard_thresholds') }}),

counted as (
    select
        month,
        scope,
        area_code,
        'all' as cause,
        new_warnings,
        expected_warnings
    from {{ ref('agg_area_month') }}
    union all
    select
        month,
        scope,
        area_code,
        cause,
        new_warnings,
        expected_warnings
    from {{ ref('agg_area_cause_month') }}
),

histories as (
    select
        month,
        max(months_before) as months_before
    from {{ ref('agg_area_month') }}
    group by month
),

-- The highest count that would be no hazard yet: the last of the thresholds under what was expected.
ordered as (
    select
        month, area_code, cause, expected_warnings as expected, cast(null as bigint) as under
    from counted
    where expected_warnings is not null
    union all
    select
        null as month, null as area_code, null as cause, expected_max as expected, count as under
    from thresholds
),

limits as (
    select
        month,
        area_code,
        cause,
        coalesce(
            max(under) over (
                order by expected asc, under asc nulls first rows between unbounded preceding and current row
            ),
            0
        ) + 1 as limit_warnings
    from ordered
)

select
    cast(counted.month as date) as month,
    cast(counted.scope as string) as scope,
    cast(counted.area_code as string) as area_code,
    cast(counted.cause as string) as cause,
    cast(counted.new_warnings as bigint) as new_warnings,
    cast(counted.expected_warnings as double) as expected_warnings,
    cast(limits.limit_warnings as bigint) as limit_warnings,
    cast(
        case
            when counted.expected_warnings is null then null
            when counted.new_warnings = 0 then false
            else counted.expected_warnings <= thresholds.expected_max
        end as boolean
    ) as is_hazard,
    cast(histories.months_before as bigint) as months_before
from counted
inner join histories on counted.month = histories.month
left join thresholds on counted.new_warnings = thresholds.count
left join limits
    on
        counted.month = limits.month
        and counted.area_code = limits.area_code
        and counted.cause = limits.cause
order by month, scope, area_code, cause
