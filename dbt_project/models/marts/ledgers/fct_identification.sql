with

spells as (select * from {{ ref('int_identification_spells') }}),
judged as (select * from {{ ref('int_eliminations_judged') }}),
foreseen as (select * from {{ ref('int_admissions_foreseen') }}),

relapsed as (
    select
        spell_key,
        min(again_approved_on) as relapsed_on
    from {{ ref('int_spells_repeated') }}
    group by spell_key
),

relapses as (select distinct again_spell_key from {{ ref('int_spells_repeated') }}),

steps as (
    select
        spell_key,
        bool_or(calendar_missing) as calendar_missing,
        {% for step in ['check', 'review', 'publicity', 'identify', 'plan', 'exit_publicity'] %}
        max(days) filter (where step = '{{ step }}') as {{ step }}_days,
        max(state) filter (where step = '{{ step }}') as {{ step }}_state,
        max(due_on) filter (where step = '{{ step }}') as {{ step }}_due_on{% if not loop.last %},{% endif %}

        {% endfor %}
    from {{ ref('int_identification_steps_timed') }}
    group by spell_key
)

select
    cast(spells.spell_key as string) as spell_key,
    cast(spells.household_key as string) as household_key,
    cast(spells.area_code as string) as area_code,
    cast(spells.monitored_type as string) as monitored_type,
    cast(spells.channel as string) as channel,
    cast(spells.causes as string) as causes,
    cast(spells.is_green as boolean) as is_green,
    cast(spells.is_held as boolean) as is_held,
    cast(spells.has_contact as boolean) as has_contact,
    cast(spells.approved_on is not null and spells.eliminated_on is null as boolean) as is_active,
    cast(spells.discovered_on as date) as discovered_on,
    cast(spells.verified_on as date) as verified_on,
    cast(steps.check_due_on as date) as check_due_on,
    cast(steps.check_days as bigint) as check_days,
    cast(steps.check_state as string) as check_state,
    cast(spells.reviewed_on as date) as reviewed_on,
    cast(steps.review_due_on as date) as review_due_on,
    cast(steps.review_days as bigint) as review_days,
    cast(steps.review_state as string) as review_state,
    cast(spells.publicity_from as date) as publicity_from,
    cast(spells.publicity_to as date) as publicity_to,
    cast(steps.publicity_days as bigint) as publicity_days,
    cast(steps.publicity_state as string) as publicity_state,
    cast(spells.town_audited_on as date) as town_audited_on,
    cast(spells.approved_on as date) as approved_on,
    cast(steps.identify_due_on as date) as identify_due_on,
    cast(steps.identify_days as bigint) as identify_days,
    cast(steps.identify_state as string) as identify_state,
    cast(spells.entered_on as date) as entered_on,
    cast(spells.plan_on as date) as plan_on,
    cast(steps.plan_due_on as date) as plan_due_on,
    cast(steps.plan_days as bigint) as plan_days,
    cast(steps.plan_state as string) as plan_state,
    cast(spells.exit_publicity_from as date) as exit_publicity_from,
    cast(spells.exit_publicity_to as date) as exit_publicity_to,
    cast(steps.exit_publicity_days as bigint) as exit_publicity_days,
    cast(steps.exit_publicity_state as string) as exit_publicity_state,
    cast(spells.eliminated_on as date) as eliminated_on,
    cast(spells.elimination_kind as string) as elimination_kind,
    cast(judged.eliminate_state as string) as eliminate_state,
    cast(judged.elimination_faults as string) as elimination_faults,
    cast(judged.elimination_unknowns as string) as elimination_unknowns,
    cast(judged.ready_to_eliminate as boolean) as ready_to_eliminate,
    cast(judged.not_ready_reasons as string) as not_ready_reasons,
    cast(judged.not_ready_unknowns as string) as not_ready_unknowns,
    {% for condition in ['is_long_enough', 'is_income_over_line', 'is_housing_safe', 'is_water_safe',
        'is_schooling_secured', 'is_medical_insured', 'has_labour', 'is_without_warning'] %}
    cast(judged.{{ condition }} as boolean) as {{ condition }},
    {% endfor %}
    cast(judged.measures as bigint) as measures,
    cast(judged.measures_done as bigint) as measures_done,
    cast(judged.should_be_held as boolean) as should_be_held,
    cast(judged.is_proposed as boolean) as is_proposed,
    cast(relapsed.relapsed_on as date) as relapsed_on,
    cast(relapses.again_spell_key is not null as boolean) as is_relapse,
    cast(foreseen.is_foreseen as boolean) as is_foreseen,
    cast(steps.calendar_missing as boolean) as calendar_missing,
    cast(spells.list_month as date) as list_month
from spells
inner join steps on spells.spell_key = steps.spell_key
inner join judged on spells.spell_key = judged.spell_key
left join relapsed on spells.spell_key = relapsed.spell_key
left join relapses on spells.spell_key = relapses.again_spell_key
left join foreseen on spells.spell_key = foreseen.spell_key
order by area_code, discovered_on, spell_key
