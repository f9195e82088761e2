-- The causes of risk that are active in a household in a month, one row each (03-rules "Risk").
with warned as (
    select
        parameters.month,
        warnings.household_key,
        warnings.cause
    from {{ ref('int_parameters_by_month') }} as parameters
    inner join {{ ref('int_warnings_by_household') }} as warnings
        on
            warnings.list_month_index <= parameters.month_index
            and parameters.month_index - warnings.list_month_index < parameters.warning_active_months
    where warnings.cleared_on is null or warnings.cleared_on > parameters.month_end
),

-- BX-2: the three guarantees and water, as the income record in force says
insecure as (
    select month, household_key, 'housing' as cause
    from {{ ref('int_household_incomes_by_month') }}
    where not housing_safe
    union all
    select month, household_key, 'water' as cause
    from {{ ref('int_household_incomes_by_month') }}
    where not water_safe
    union all
    select month, household_key, 'education' as cause
    from {{ ref('int_household_incomes_by_month') }}
    where not schooling_secured
    union all
    select month, household_key, 'medical_insurance' as cause
    from {{ ref('int_household_incomes_by_month') }}
    where not medical_insured
),

poor as (
    select month, household_key, 'income' as cause
    from {{ ref('int_household_tests_by_month') }}
    where below_line
),

causes as (
    select * from warned
    union
    select * from insecure
    union
    select * from poor
)

select
    month,
    household_key,
    cause,
    cast(
        case cause
            {%- for cause in var('causes') %}
            when '{{ cause }}' then {{ loop.index }}
            {%- endfor %}
        end as bigint
    ) as cause_order
from causes
