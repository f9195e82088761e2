-- Plausibility (03-rules "Findings"): amounts that do not fit the monitoring, the year or the record before.
with records as (
    select
        household_key,
        period_end,
        {{ income_per_head() }} as income_per_head
    from {{ ref('int_income_records') }}
),

changes as (
    select
        household_key,
        period_end,
        income_per_head,
        lag(income_per_head) over (partition by household_key order by period_end) as income_per_head_before
    from records
),

incomes as (
    select
        incomes.month,
        incomes.household_key,
        incomes.load_id,
        incomes.row_no,
        incomes.wage_income,
        incomes.income_per_head,
        changes.income_per_head_before,
        coalesce(spells.is_active and spells.monitored_type in ('脱贫不稳定户', '边缘易致贫户'), false)
            as is_monitored_as_poor,
        parameters.high_income_per_head,
        parameters.low_wage_year,
        parameters.income_change_share
    from {{ ref('int_household_incomes_by_month') }} as incomes
    inner join {{ ref('int_parameters_by_month') }} as parameters on incomes.month = parameters.month
    left join changes
        on
            incomes.household_key = changes.household_key
            and incomes.period_end = changes.period_end
    left join {{ ref('int_monitored_spells_by_month') }} as spells
        on
            incomes.month = spells.month
            and incomes.household_key = spells.household_key
)

{% set list = {'extract': "'household_income'"} %}
{{ finding(
    'income_high_monitored', 'incomes', 'is_monitored_as_poor and income_per_head > high_income_per_head',
    first=amount_text('income_per_head'), limit_value='high_income_per_head', **list
) }}
union all
{{ finding(
    'wage_implausible', 'incomes', 'wage_income > 0 and wage_income < low_wage_year',
    first='wage_income', limit_value='low_wage_year', **list
) }}
union all
{{ finding(
    'income_jump', 'incomes',
    'income_per_head_before > 0'
    ~ ' and abs(income_per_head - income_per_head_before) > income_change_share * income_per_head_before',
    first=amount_text('income_per_head_before'), second=amount_text('income_per_head'), limit_value='income_change_share',
    **list
) }}
