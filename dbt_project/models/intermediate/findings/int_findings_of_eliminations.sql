-- Elimination (03-rules "Findings", BX-6): of households whose newest spell has ended, judged by the facts of the month in
-- which it ended; a month before the first roster is unknown.
with spells as (
    select
        spells.month,
        spells.household_key,
        spells.approved_on,
        spells.eliminated_on,
        spells.load_id,
        spells.row_no,
        limits.limit_value as elimination_months,
        {{ is_over_months('spells.approved_on', 'spells.eliminated_on', 'limits.limit_value') }} as is_long_enough,
        tests.below_line,
        tests.income_per_head,
        tests.monitoring_line,
        people.is_without_labour,
        households.members,
        measures.measures_ever
    from {{ ref('int_monitored_spells_by_month') }} as spells
    left join {{ ref('int_limits_dated') }} as limits
        on
            limits.parameter = 'elimination_months'
            and spells.approved_on >= limits.valid_from
            and spells.approved_on < limits.valid_before
    left join {{ ref('int_household_tests_by_month') }} as tests
        on
            spells.household_key = tests.household_key
            and {{ month_of('spells.eliminated_on') }} = tests.month
    left join {{ ref('int_household_people_by_month') }} as people
        on
            spells.household_key = people.household_key
            and {{ month_of('spells.eliminated_on') }} = people.month
    left join {{ ref('int_households_by_month') }} as households
        on
            spells.household_key = households.household_key
            and {{ month_of('spells.eliminated_on') }} = households.month
    left join {{ ref('int_spell_measures_by_month') }} as measures
        on
            spells.month = measures.month
            and spells.household_key = measures.household_key
    where
        spells.is_eliminated
        and not spells.is_active
)

{% set ledger = {'extract': "'monitored_households'", 'second': 'eliminated_on'} %}
{{ finding(
    'eliminated_too_soon', 'spells', 'eliminated_on >= approved_on and not is_long_enough',
    first='approved_on', limit_value='elimination_months', **ledger
) }}
union all
{{ finding(
    'eliminated_below_line', 'spells', 'below_line', first=amount_text('income_per_head'), limit_value='monitoring_line',
    **ledger
) }}
union all
{{ finding('eliminated_no_measure', 'spells', 'measures_ever = 0', **ledger) }}
union all
{{ finding('eliminated_no_labour', 'spells', 'is_without_labour', first='members', **ledger) }}
