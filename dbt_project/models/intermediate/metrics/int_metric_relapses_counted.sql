-- Households monitored again (BX 三(四)6) and admitted without a warning before (BX-3). A relapse is judged once its window
-- has passed: of all eliminated so long ago, those approved again within it.
with

months as (select * from {{ source('landed', 'months') }}),
parameters as (select * from {{ ref('int_parameters_by_month') }}),
spells as (select * from {{ ref('fct_identification') }}),

watched as (
    select
        months.month,
        spells.household_key,
        spells.area_code,
        spells.relapsed_on
    from months
    inner join parameters on months.month = parameters.month
    inner join spells
        on
            spells.eliminated_on <= months.month_end
            and {{ is_over_months(
                'spells.eliminated_on', 'cast(months.month_end + 1 as date)', 'parameters.relapse_window_months'
            ) }}
)

{{ count_metric(
    'relapse_rate', 'watched', 'month', 'household_key is not null', 'relapsed_on is not null', 'household_key is null'
) }}
union all
{{ count_metric(
    'unforeseen_admissions', 'spells', month_of('approved_on'), 'is_foreseen is not null', 'not is_foreseen',
    'is_foreseen is null', where='approved_on is not null'
) }}
