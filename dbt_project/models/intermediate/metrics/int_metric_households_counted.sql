-- Coverage, targeting errors, monitoring, the two sides' registers and income (ST-1, ST-2a, ST-5b, DJ-7, DB 一(四)2, BX-8)
-- by household and month; single-person cover by person. What depends on something unknown is outside the ratio.
{% set four = "('tekun', 'dibao', 'dibao_edge', 'rigid_expense')" %}
{% set eligible = "tier_eligible in " ~ four %}
{% set covered = "tier_registered in " ~ four %}
with

households as (
    select
        gaps.*,
        differences.household_key is not null as differs
    from {{ ref('int_household_gaps_by_month') }} as gaps
    left join {{ ref('int_register_differences_by_month') }} as differences
        on gaps.month = differences.month and gaps.household_key = differences.household_key
),
candidates as (select * from {{ ref('int_person_gaps_by_month') }} where single_cover_candidate)

{{ count_metric(
    'coverage_rate', 'households', 'month', eligible, 'not suspected_missed', "is_cover_unknown",
    members='members'
) }}
union all
{{ count_metric(
    'missed_rate', 'households', 'month', eligible, 'suspected_missed', "is_cover_unknown", members='members'
) }}
union all
{{ count_metric(
    'exclusion_error', 'households', 'month', eligible, 'tier_registered not in ' ~ four, "is_cover_unknown",
    members='members'
) }}
union all
{{ count_metric(
    'inclusion_error', 'households', 'month', covered ~ " and tier_eligible <> 'unknown'",
    'tier_eligible not in ' ~ four, covered ~ " and is_cover_unknown", members='members'
) }}
union all
{{ count_metric(
    'official_missed_rate', 'households', 'month', "tier_registered not in " ~ four ~ " and tier_eligible <> 'unknown'",
    eligible, "tier_registered not in " ~ four ~ " and is_cover_unknown", members='members'
) }}
union all
{{ count_metric(
    'ineligible_rate', 'households', 'month', covered ~ ' and is_registered_tier_known', 'suspected_ineligible',
    covered ~ ' and not is_registered_tier_known', members='members'
) }}
union all
{{ count_metric(
    'monitored_rate', 'households', 'month', 'monitored_type_eligible is not null', 'not suspected_unmonitored',
    'is_type_unknown', members='members'
) }}
union all
{{ count_metric(
    'register_agreement', 'households', 'month', '(is_monitored or ' ~ covered ~ ')', 'not differs',
    members='members'
) }}
union all
{{ count_metric(
    'merged_monitored', 'households', 'month',
    "is_monitored and (" ~ covered ~ " or tier_eligible <> 'unknown')", "(" ~ covered ~ " or tier_eligible not in " ~ four ~ ")",
    "is_monitored and tier_registered not in " ~ four ~ " and is_cover_unknown", weight='members'
) }}
union all
{{ count_metric(
    'income_known', 'households', 'month', 'true', 'income_known', members='members'
) }}
union all
{{ count_metric(
    'single_cover_rate', 'candidates', 'month', 'true', 'not single_cover_missed'
) }}
