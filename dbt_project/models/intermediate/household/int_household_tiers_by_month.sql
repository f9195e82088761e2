-- The tier by the data and the tier on the registers (03-rules). Null of a test is unknown, and so is what hangs on it.
with facts as (
    select
        tests.*,
        registers.tier_of_registers,
        registers.on_dibao,
        registers.is_covered_singly,
        registers.is_covered_only_singly,
        registers.gradual_exit_months_left,
        coalesce(standing.is_monitored, false) as is_monitored,
        coalesce(standing.is_lifted, false) as is_lifted,
        standing.monitored_type_registered,
        coalesce(warnings.warnings, 0) > 0 as has_warning
    from {{ ref('int_household_tests_by_month') }} as tests
    inner join {{ ref('int_household_registers_by_month') }} as registers
        on
            tests.month = registers.month
            and tests.household_key = registers.household_key
    left join {{ ref('int_household_standing_by_month') }} as standing
        on
            tests.month = standing.month
            and tests.household_key = standing.household_key
    left join {{ ref('int_household_warnings_by_month') }} as warnings
        on
            tests.month = warnings.month
            and tests.household_key = warnings.household_key
),

-- BX-2: the type the household should be monitored as
typed as (
    select
        *,
        case
            when below_line and is_lifted then 'unstable_lifted'
            when below_line then 'edge_poor'
            when not below_line and rigid_spend and has_warning then 'sudden_hardship'
        end as monitored_type_eligible,
        below_line is null or (not below_line and has_warning and rigid_spend is null) as is_type_unknown,
        all_dependent and dibao_income and assets_ok as passes_tekun,
        dibao_income and assets_ok as passes_dibao,
        edge_income and assets_ok as passes_dibao_edge,
        rigid_income and rigid_spend and assets_ok as passes_rigid_expense
    from facts
)

select
    *,
    -- The first that passes; one that may pass before it leaves the tier unknown.
    case
        when passes_tekun then 'tekun'
        when passes_tekun is null then 'unknown'
        when passes_dibao then 'dibao'
        when passes_dibao is null then 'unknown'
        when passes_dibao_edge then 'dibao_edge'
        when passes_dibao_edge is null then 'unknown'
        when passes_rigid_expense then 'rigid_expense'
        when passes_rigid_expense is null then 'unknown'
        when monitored_type_eligible is not null then 'other'
        when is_type_unknown then 'unknown'
        else 'none'
    end as tier_eligible,
    -- Whether one of the first four passes cannot be told: what coverage counts as unknown. A place without a monitoring
    -- line knows this of most households whose tier is unknown.
    coalesce(passes_tekun or passes_dibao or passes_dibao_edge or passes_rigid_expense, true) and tier_eligible = 'unknown'
        as is_cover_unknown,
    case
        when tier_of_registers is not null then tier_of_registers
        when is_monitored then 'other'
        else 'none'
    end as tier_registered
from typed
