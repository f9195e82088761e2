-- Identification and elimination (BX-4, BX-5, BX-6). An item belongs to the period in which its limit fell; open ones
-- wait, and green-channel, impossible and unknown ones are outside the ratio.
{% set judged = "('within', 'over', 'overdue', 'skipped')" %}
{% set outside = "('green', 'impossible', 'unknown')" %}
with

today as (select as_of from {{ source('landed', 'build_info') }}),

spells as (
    select
        fct_identification.*,
        today.as_of
    from {{ ref('fct_identification') }} as fct_identification
    cross join today
)

{{ count_metric(
    'identified_in_time', 'spells', month_of('coalesce(identify_due_on, discovered_on)'),
    'identify_state in ' ~ judged ~ ' and identify_due_on <= as_of', "identify_state = 'within'",
    'identify_state in ' ~ outside
) }}
union all
{{ count_metric(
    'plan_in_time', 'spells', month_of('coalesce(plan_due_on, approved_on, plan_on)'),
    'plan_state in ' ~ judged ~ ' and plan_due_on <= as_of', "plan_state = 'within'", 'plan_state in ' ~ outside,
    where='coalesce(plan_due_on, approved_on, plan_on) is not null'
) }}
union all
{{ count_metric(
    'publicity_met', 'spells', month_of('publicity_to'),
    "publicity_state in ('within', 'short')", "publicity_state = 'within'", 'publicity_state in ' ~ outside,
    where='publicity_to is not null'
) }}
union all
{{ count_metric(
    'elimination_sound', 'spells', month_of('eliminated_on'),
    "(elimination_faults <> '' or elimination_unknowns = '')", "elimination_faults = ''",
    "elimination_faults = '' and elimination_unknowns <> ''", where='eliminated_on is not null'
) }}
