-- How much is at risk in a household (03-rules "Risk").
with causes as (
    select
        month,
        household_key,
        {{ agg_list('cause', 'cause_order') }} as risk_causes,
        count(*) as causes,
        count(case when cause <> 'income' then 1 end) as other_causes
    from {{ ref('int_risk_causes_by_month') }}
    group by month, household_key
),

facts as (
    select
        tests.month,
        tests.household_key,
        tests.below_line is null as is_line_unknown,
        coalesce(tests.below_line or tests.rigid_spend, false) as is_hard_up,
        coalesce(tests.is_near_line, false) as is_near_line,
        causes.risk_causes,
        coalesce(causes.causes, 0) as causes,
        coalesce(causes.other_causes, 0) as other_causes
    from {{ ref('int_household_tests_by_month') }} as tests
    left join causes
        on
            tests.month = causes.month
            and tests.household_key = causes.household_key
)

select
    month,
    household_key,
    risk_causes,
    causes,
    case
        when is_hard_up and other_causes >= 1 then 'urgent'
        when is_hard_up or causes >= 2 then 'high'
        when causes = 1 or is_near_line then 'watch'
        -- Without income, and where the place sets no line, nothing says that there is no risk.
        when is_line_unknown then 'unknown'
        else 'none'
    end as risk_level
from facts
