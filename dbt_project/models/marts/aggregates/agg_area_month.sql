{% set tiers = ['tekun', 'dibao', 'dibao_edge', 'rigid_expense', 'other', 'none'] %}
{% set first_four = "('tekun', 'dibao', 'dibao_edge', 'rigid_expense')" %}
{% set counts = {} %}
{% do counts.update({
    'resident_households': 'is_resident',
    'income_known': 'income_known',
    'income_unknown': 'not income_known',
    'below_line': 'below_line',
    'eligible': 'tier_eligible in ' ~ first_four,
    'covered': 'tier_eligible in ' ~ first_four ~ ' and not suspected_missed',
    'missed': 'suspected_missed',
    'registered': 'tier_registered in ' ~ first_four,
    'registered_known': 'tier_registered in ' ~ first_four ~ ' and is_registered_tier_known',
    'ineligible': 'suspected_ineligible',
}) %}
{% for tier in tiers + ['unknown'] %}{% do counts.update({'eligible_' ~ tier: "tier_eligible = '" ~ tier ~ "'"}) %}{% endfor %}
{# Coverage asks for the first four tiers: where they are known not to pass, the household is none of them. #}
{% do counts.update({
    'eligible_none': "tier_eligible = 'none' or (tier_eligible = 'unknown' and not is_cover_unknown)",
    'eligible_unknown': 'is_cover_unknown',
}) %}
{% for tier in tiers %}{% do counts.update({'registered_' ~ tier: "tier_registered = '" ~ tier ~ "'"}) %}{% endfor %}
{% do counts.update({
    'at_risk': 'monitored_type_eligible is not null',
    'at_risk_unknown': 'is_type_unknown',
    'unmonitored': 'suspected_unmonitored',
    'lifted': 'is_lifted',
    'ever_monitored': 'is_ever_monitored',
    'monitored': 'is_monitored',
    'monitored_not_held': 'is_monitored and not is_held',
    'monitored_unstable_lifted': "monitored_type_registered = 'unstable_lifted'",
    'monitored_edge_poor': "monitored_type_registered = 'edge_poor'",
    'monitored_sudden_hardship': "monitored_type_registered = 'sudden_hardship'",
    'monitored_and_registered': 'is_monitored and tier_registered in ' ~ first_four,
    'monitored_only': 'is_monitored and tier_registered not in ' ~ first_four,
    'registered_only': 'not is_monitored and tier_registered in ' ~ first_four,
}) %}
{% for level in ['urgent', 'high', 'watch', 'none', 'unknown'] %}{% do counts.update({'risk_' ~ level: "risk_level = '" ~ level ~ "'"}) %}{% endfor %}
{% for flag in ['watch_population', 'focus_serious_illness', 'focus_severe_disability', 'focus_incapacitated_tekun',
    'focus_unstable_employment', 'focus_failed_industry', 'focus_disaster', 'focus_no_labour', 'gradual_exit',
    'household_missed', 'dropped', 'dead_or_moved_active', 'double_registered', 'potential_target', 'no_check',
    'disability_subsidy_gap', 'size_mismatch'] %}{% do counts.update({flag: flag}) %}{% endfor %}
{% do counts.update({
    'watch_rejected': 'is_refused',
    'watch_left_dibao': 'has_left_dibao',
    'voluntary_exit_bonus': 'voluntary_exit_bonus_until is not null',
}) %}
{% set people = ['resident_households', 'eligible', 'covered', 'missed', 'registered', 'ineligible', 'at_risk',
    'unmonitored', 'lifted', 'ever_monitored', 'monitored', 'monitored_not_held', 'risk_urgent', 'risk_high',
    'risk_watch', 'eligible_unknown', 'watch_population', 'watch_rejected', 'watch_left_dibao'] %}
with

scopes as ({{ village_and_profile() }}),
months as (select month, {{ month_index('month') }} as month_index from {{ source('landed', 'months') }}),
residents as (select month, household_key, is_resident from {{ ref('int_households_by_month') }}),
risks as (select month, household_key, risk_level from {{ ref('int_household_risks_by_month') }}),

held as (
    select distinct household_key
    from {{ ref('int_identification_spells') }}
    where is_held and eliminated_on is null
),

households as (
    select
        gaps.*,
        residents.is_resident,
        risks.risk_level,
        held.household_key is not null as is_held,
        coalesce(gaps.household_size <> gaps.members, false) as size_mismatch
    from {{ ref('int_household_gaps_by_month') }} as gaps
    inner join residents on gaps.month = residents.month and gaps.household_key = residents.household_key
    inner join risks on gaps.month = risks.month and gaps.household_key = risks.household_key
    left join held on gaps.household_key = held.household_key
),

counted as (
    select
        month,
        area_code,
        count(*) as households,
        {% for name, condition in counts.items() %}
        count(case when {{ condition }} then 1 end) as {{ name }},
        {% endfor %}
        {% for name in people %}
        sum(case when {{ counts[name] }} then members else 0 end) as {{ name }}_people,
        {% endfor %}
        sum(members) as members
    from households
    group by month, area_code
),

candidates as (
    select
        month,
        area_code,
        count(*) as single_cover_candidates,
        count(case when single_cover_missed then 1 end) as single_cover_missed
    from {{ ref('int_person_gaps_by_month') }}
    where single_cover_candidate
    group by month, area_code
),

new_warnings as (
    select
        month,
        area_code,
        count(*) as new_warnings
    from {{ ref('fct_warning') }}
    group by month, area_code
),

by_village as (
    select
        counted.*,
        coalesce(candidates.single_cover_candidates, 0) as single_cover_candidates,
        coalesce(candidates.single_cover_missed, 0) as single_cover_missed,
        coalesce(new_warnings.new_warnings, 0) as new_warnings
    from counted
    left join candidates on counted.month = candidates.month and counted.area_code = candidates.area_code
    left join new_warnings on counted.month = new_warnings.month and counted.area_code = new_warnings.area_code
),

totals as (
    select
        month,
        {{ month_index('month') }} as month_index,
        sum(new_warnings) as new_warnings,
        sum(households) as households
    from by_village
    group by month
),

-- Warnings per household and month in the profile over the year before (03-rules "Large-scale hazard").
rates as (
    select
        months.month,
        cast(sum(totals.new_warnings) as double) / nullif(sum(totals.households), 0) as warnings_per_household,
        count(totals.month) as months_before
    from months
    left join totals
        on
            totals.month_index < months.month_index
            and months.month_index - totals.month_index <= {{ months_of_a_year() }}
    group by months.month
),

by_scope as (
    {{ with_profile_rows('by_village') }}
),

summed as (
    select
        month,
        scope_code,
        {% for name in ['households', 'single_cover_candidates', 'single_cover_missed', 'new_warnings']
            + counts.keys() | list %}
        sum({{ name }}) as {{ name }},
        {% endfor %}
        {% for name in people %}
        sum({{ name }}_people) as {{ name }}_people,
        {% endfor %}
        sum(members) as members
    from by_scope
    group by month, scope_code
),

-- The oldest of the rosters that an area is counted by.
rosters as (
    select
        area_scopes.scope_code,
        rosters.month,
        min(rosters.list_month) as roster_month
    from {{ source('landed', 'area_scopes') }} as area_scopes
    inner join {{ source('landed', 'areas') }} as areas on area_scopes.area_code = areas.area_code
    inner join {{ ref('int_rosters_by_month') }} as rosters on areas.part_code = rosters.part_code
    group by area_scopes.scope_code, rosters.month
)

select
    cast(months.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    {% for name in ['households', 'members', 'single_cover_candidates', 'single_cover_missed', 'new_warnings']
        + counts.keys() | list %}
    cast(coalesce(summed.{{ name }}, 0) as bigint) as {{ name }},
    {% endfor %}
    {% for name in people %}
    cast(coalesce(summed.{{ name }}_people, 0) as bigint) as {{ name }}_people,
    {% endfor %}
    cast(coalesce(summed.households, 0) * rates.warnings_per_household as double) as expected_warnings,
    cast(rates.months_before as bigint) as months_before,
    cast(rosters.roster_month as date) as roster_month
from months
cross join scopes
inner join rates on months.month = rates.month
left join summed on months.month = summed.month and scopes.area_code = summed.scope_code
left join rosters on months.month = rosters.month and scopes.area_code = rosters.scope_code
order by month, scope, area_code
