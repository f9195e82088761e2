-- Coverage, targeting errors, monitoring and income (ST-1, ST-5b, DJ-7, DB 一(四)2, BX-8) by household and month;
-- single-person cover by person. What depends on something unknown is outside the ratio.
{% set eligible = "tier_eligible in ('tekun', 'dibao', 'dibao_edge', 'rigid_expense')" %}
{% set covered = "tier_registered in ('tekun', 'dibao', 'dibao_edge', 'rigid_expense')" %}
with

households as (select * from {{ ref('int_household_gaps_by_month') }}),
candidates as (select * from {{ ref('int_person_gaps_by_month') }} where single_cover_candidate)

{{ count_metric(
    'coverage_rate', 'households', 'month', eligible, 'not suspected_missed', "tier_eligible = 'unknown'",
    members='members'
) }}
union all
{{ count_metric(
    'missed_rate', 'households', 'month', eligible, 'suspected_missed', "tier_eligible = 'unknown'", members='members'
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
    'income_known', 'households', 'month', 'true', 'income_known', members='members'
) }}
union all
{{ count_metric(
    'single_cover_rate', 'candidates', 'month', 'true', 'not single_cover_missed'
) }}
