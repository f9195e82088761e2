-- The income record in force for each household and month (03-rules "Income"): the newest period that ended by the month's
-- last day and is not over `income_valid_months` old, whichever list it came with. No row: income is unknown.
with households as (
    select
        households.month,
        households.household_key,
        parameters.month_end,
        parameters.month_index,
        parameters.income_valid_months,
        parameters.employment_cost_deduction
    from {{ ref('int_households_by_month') }} as households
    inner join {{ ref('int_parameters_by_month') }} as parameters on households.month = parameters.month
),

in_force as (
    select
        households.month,
        households.employment_cost_deduction,
        records.*
    from households
    inner join {{ ref('int_income_records') }} as records
        on
            households.household_key = records.household_key
            and records.period_end <= households.month_end
            and households.month_index - records.period_end_index <= households.income_valid_months
    qualify row_number() over (
        partition by households.month, households.household_key
        order by records.period_end desc
    ) = 1
),

counted as (
    select
        *,
        net_income is not null and household_size is not null as income_known,
        -- BX-7b: what the household has, by the year and the head
        {{ income_per_head() }} as income_per_head,
        -- ST-1c, DJ-2b: what dibao counts, less the cost of employment; claims and self-paid spending do not enter it
        (
            net_income - case
                when employment_cost_deduction = 0 then 0
                else employment_cost_deduction * employed_members * {{ months_of_a_year() }}
            end
        ) / nullif(household_size, 0) as dibao_income_per_head
    from in_force
)

select
    month,
    household_key,
    load_id,
    row_no,
    period_start,
    period_end,
    household_size,
    employed_members,
    wage_income,
    business_net_income,
    property_net_income,
    transfer_net_income,
    insurance_claims,
    compliant_self_paid,
    medical_expense,
    education_expense,
    other_rigid_expense,
    income_known,
    housing_safe,
    water_safe,
    schooling_secured,
    medical_insured,
    case when income_known then net_income end as net_income,
    case when income_known then rigid_expense end as rigid_expense,
    case when income_known then income_per_head end as income_per_head,
    case when dibao_income_per_head < 0 then 0 else dibao_income_per_head end as dibao_income_per_head
from counted
