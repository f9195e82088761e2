-- Measures missing (03-rules "Findings"): what should stand in the ledger of measures some months after approval, judged
-- on the last day that the ledger can know of. A ledger never received says nothing.
with spells as (
    select
        spells.month,
        spells.household_key,
        spells.approved_on,
        spells.causes,
        spells.load_id,
        spells.row_no,
        measures.measures,
        measures.work_measures,
        measures.medical_or_social_measures,
        measures.education_measures,
        measures.support_measures,
        measures.housing_measures,
        measures.water_measures,
        labour.able,
        parameters.first_measure_months,
        parameters.development_measure_months,
        {{ is_over_months('spells.approved_on', 'measures.ledger_end', 'parameters.first_measure_months') }}
            as is_first_due,
        {{ is_over_months('spells.approved_on', 'measures.ledger_end', 'parameters.development_measure_months') }}
            as is_work_due
    from {{ ref('int_monitored_spells_by_month') }} as spells
    inner join {{ ref('int_spell_measures_by_month') }} as measures
        on
            spells.month = measures.month
            and spells.household_key = measures.household_key
    inner join {{ ref('int_parameters_by_month') }} as parameters on spells.month = parameters.month
    left join {{ ref('int_household_labour_by_month') }} as labour
        on
            spells.month = labour.month
            and spells.household_key = labour.household_key
    where spells.is_active
)

{{ finding(
    'no_measure', 'spells', 'is_first_due and measures = 0', first='approved_on', limit_value='first_measure_months'
) }}
union all
{{ finding(
    'no_development_measure', 'spells', 'is_work_due and able > 0 and work_measures = 0',
    first='approved_on', limit_value='development_measure_months'
) }}
{% for rule, cause, kind in [
    ('illness_no_help', '因病', 'medical_or_social'), ('education_no_help', '因学', 'education'),
    ('disability_no_support', '因残', 'support'), ('housing_no_measure', '住房', 'housing'),
    ('water_no_measure', '饮水', 'water'),
] %}
union all
{{ finding(
    rule, 'spells', 'is_first_due and ' ~ is_listed("'" ~ cause ~ "'", 'causes') ~ ' and ' ~ kind ~ '_measures = 0',
    limit_value='first_measure_months'
) }}
{% endfor %}
