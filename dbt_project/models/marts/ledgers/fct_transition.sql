with

states as (
    select
        tiers.month,
        {{ month_index('tiers.month') }} as month_index,
        tiers.household_key,
        tiers.area_code,
        tiers.members,
        tiers.tier_eligible,
        tiers.tier_registered,
        risks.risk_level
    from {{ ref('int_household_tiers_by_month') }} as tiers
    inner join {{ ref('int_household_risks_by_month') }} as risks
        on tiers.month = risks.month and tiers.household_key = risks.household_key
),

-- The month before, and the last month of the quarter before.
placed as (
    select
        *,
        month_index - 1 as month_before,
        month_index - 1 - mod(extract(month from month) - 1, 3) as quarter_before
    from states
)

select
    cast(placed.month as date) as month,
    cast(placed.household_key as string) as household_key,
    cast(placed.area_code as string) as area_code,
    cast(placed.members as bigint) as members,
    {% for state in ['tier_eligible', 'tier_registered', 'risk_level'] %}
    cast(before.{{ state }} as string) as {{ state }}_before,
    cast(placed.{{ state }} as string) as {{ state }}_after,
    cast(quarter_ago.{{ state }} as string) as {{ state }}_quarter_before,
    {% endfor %}
    cast(before.household_key is null as boolean) as is_new
from placed
left join states as before
    on placed.household_key = before.household_key and placed.month_before = before.month_index
left join states as quarter_ago
    on placed.household_key = quarter_ago.household_key and placed.quarter_before = quarter_ago.month_index
order by month, area_code, household_key
