-- The household tests of 03-rules: true, false, or null where an input is missing.
with households as (
    select * from {{ ref('int_households_by_month') }}
),

incomes as (
    select * from {{ ref('int_household_incomes_by_month') }}
),

inputs as (
    select
        households.month,
        households.household_key,
        households.household_no,
        households.area_code,
        households.members,
        households.is_resident,
        incomes.household_size,
        incomes.employed_members,
        coalesce(incomes.income_known, false) as income_known,
        incomes.net_income,
        incomes.income_per_head,
        incomes.dibao_income_per_head,
        incomes.rigid_expense,
        assets.assets_ok,
        assets.asset_conflicts,
        assets.commercial_homes,
        assets.financial_assets,
        assets.has_vehicle,
        assets.has_homes,
        assets.has_business,
        assets.has_public_payroll,
        assets.has_financial_assets,
        people.all_dependent,
        parameters.monitoring_line,
        parameters.edge_multiple,
        parameters.rigid_ratio_min,
        parameters.disposable_income_per_head,
        parameters.watch_multiple,
        parameters.dibao_standard * {{ months_of_a_year() }} as dibao_standard_year,
        parameters.edge_multiple * {{ months_of_a_year() }} * parameters.dibao_standard as edge_line,
        parameters.watch_multiple * parameters.monitoring_line as watch_line
    from households
    inner join {{ ref('int_parameters_by_month') }} as parameters on households.month = parameters.month
    inner join {{ ref('int_household_assets_by_month') }} as assets
        on
            households.month = assets.month
            and households.household_key = assets.household_key
    inner join {{ ref('int_household_people_by_month') }} as people
        on
            households.month = people.month
            and households.household_key = people.household_key
    left join incomes
        on
            households.month = incomes.month
            and households.household_key = incomes.household_key
)

select
    *,
    case when net_income > 0 then rigid_expense / nullif(net_income, 0) end as rigid_ratio,
    -- BX-1, BX-7b
    income_per_head < monitoring_line as below_line,
    -- DB-2(1)
    dibao_income_per_head < dibao_standard_year as dibao_income,
    -- DB-2(3)
    dibao_income_per_head < edge_line as edge_income,
    -- DB-2(4)
    income_per_head < disposable_income_per_head as rigid_income,
    case
        when rigid_ratio_min is null then null
        when net_income <= 0 then rigid_expense > 0
        else rigid_expense / nullif(net_income, 0) >= rigid_ratio_min
    end as rigid_spend,
    -- BX-2
    income_per_head < watch_line as is_near_line
from inputs
