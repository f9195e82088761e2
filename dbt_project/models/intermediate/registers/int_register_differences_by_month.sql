-- Where the registers of civil affairs and of rural revitalisation say different things of a household (ST-2a, DB-4), why,
-- and who must act. What the rules put on one side only (a covered household, at risk or not, which 03 does not ask to be
-- monitored too; a monitored household over every standard) is a difference that needs nobody.
{% set first_four = "('tekun', 'dibao', 'dibao_edge', 'rigid_expense')" %}
-- In this order the first reason speaks. Kind, reason, condition, the list whose owner must act (none: nobody).
{% set reasons = [
    ('class_conflict', 'two_registers', 'double_registered', 'dibao_recipients'),
    ('class_conflict', 'type_not_lifted', "monitored_type_registered = 'unstable_lifted' and not is_lifted",
        'monitored_households'),
    ('class_conflict', 'type_is_lifted', "monitored_type_registered = 'edge_poor' and is_lifted", 'monitored_households'),
    ('class_conflict', 'tier_too_low', 'is_monitored and is_registered and suspected_missed', 'dibao_recipients'),
    ('monitored_only', 'dropped', 'is_monitored and not is_registered and dropped', 'dibao_recipients'),
    ('monitored_only', 'eligible_for_tier', 'is_monitored and not is_registered and suspected_missed',
        'dibao_recipients'),
    ('monitored_only', 'held_without_cover', "is_monitored and not is_registered and is_held and tier_eligible <> 'unknown'",
        'dibao_recipients'),
    ('monitored_only', 'unknown', "is_monitored and not is_registered and is_cover_unknown",
        'household_income'),
    ('monitored_only', 'not_needed', 'is_monitored and not is_registered', none),
    ('civil_only', 'eliminated_at_risk',
        'is_registered and not is_monitored and is_ever_monitored and monitored_type_eligible is not null',
        'monitored_households'),
    ('civil_only', 'eligible_for_monitoring', 'is_registered and not is_monitored and monitored_type_eligible is not null',
        none),
    ('civil_only', 'cover_outlived', 'is_registered and not is_monitored and is_ever_monitored and suspected_ineligible',
        'dibao_recipients'),
    ('civil_only', 'unknown', 'is_registered and not is_monitored and is_type_unknown', 'household_income'),
    ('civil_only', 'not_needed', 'is_registered and not is_monitored', none),
] %}
with

held as (
    select distinct
        months.month,
        spells.household_key
    from {{ source('landed', 'months') }} as months
    inner join {{ ref('int_identification_spells') }} as spells
        on
            spells.is_held
            and months.month_end >= spells.discovered_on
            and (spells.eliminated_on is null or spells.eliminated_on > months.month_end)
    where spells.household_key is not null
),

households as (
    select
        gaps.*,
        gaps.tier_registered in {{ first_four }} as is_registered,
        held.household_key is not null as is_held
    from {{ ref('int_household_gaps_by_month') }} as gaps
    left join held on gaps.month = held.month and gaps.household_key = held.household_key
),

numbered as (
    select
        *,
        case
            {% for kind, reason, condition, extract in reasons %}
            when {{ condition }} then {{ loop.index }}
            {% endfor %}
        end as reason_no
    from households
),

named as (
    {% for kind, reason, condition, extract in reasons %}
    select
        {{ loop.index }} as reason_no,
        '{{ kind }}' as kind,
        '{{ reason }}' as reason,
        {{ "'" ~ extract ~ "'" if extract else 'cast(null as string)' }} as extract
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    numbered.month,
    numbered.household_key,
    numbered.area_code,
    numbered.members,
    named.kind,
    named.reason,
    extracts.owner as department_code,
    named.extract is not null as is_to_resolve,
    numbered.tier_eligible,
    numbered.tier_registered,
    numbered.monitored_type_eligible,
    numbered.monitored_type_registered,
    numbered.is_monitored,
    numbered.is_held
from numbered
inner join named on numbered.reason_no = named.reason_no
left join {{ source('landed', 'extracts') }} as extracts on named.extract = extracts.extract
