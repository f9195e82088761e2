-- Measure against facts (03-rules "Findings"): measures since the household was found that fit nobody in it, and dibao
-- without the measure that stands for it.
with spells as (
    select
        spells.month,
        spells.household_key,
        measures.employment_measures,
        measures.dibao_measures,
        measures.basic_support_measures,
        labour.able,
        labour.ability_unknown,
        registers.on_dibao,
        lists.is_received as is_dibao_known,
        parameters.first_measure_months,
        {{ is_over_months('spells.approved_on', 'measures.ledger_end', 'parameters.first_measure_months') }}
            as is_first_due
    from {{ ref('int_monitored_spells_by_month') }} as spells
    inner join {{ ref('int_spell_measures_by_month') }} as measures
        on
            spells.month = measures.month
            and spells.household_key = measures.household_key
    inner join {{ ref('int_household_registers_by_month') }} as registers
        on
            spells.month = registers.month
            and spells.household_key = registers.household_key
    inner join {{ ref('int_lists_by_month') }} as lists
        on
            spells.month = lists.month
            and lists.extract = 'dibao_recipients'
    inner join {{ ref('int_parameters_by_month') }} as parameters on spells.month = parameters.month
    left join {{ ref('int_household_labour_by_month') }} as labour
        on
            spells.month = labour.month
            and spells.household_key = labour.household_key
    where spells.is_active
)

{% set nowhere = {'load_id': 'cast(null as string)', 'row_no': 'null'} %}
{{ finding(
    'employment_measure_no_worker', 'spells', 'employment_measures > 0 and able = 0 and ability_unknown = 0', **nowhere
) }}
union all
{{ finding(
    'dibao_measure_no_recipient', 'spells', 'dibao_measures > 0 and is_dibao_known and not on_dibao', **nowhere
) }}
union all
{{ finding(
    'dibao_recipient_no_measure', 'spells', 'on_dibao and is_first_due and basic_support_measures = 0',
    limit_value='first_measure_months', **nowhere
) }}
