-- Sorted so that one village's months lie together.
with findings as (
    select
        month,
        household_key,
        count(*) as findings
    from {{ ref('int_findings_by_month') }}
    where household_key is not null
    group by month, household_key
)

select
    cast(gaps.month as date) as month,
    cast(gaps.household_key as string) as household_key,
    cast(gaps.household_no as string) as household_no,
    cast(gaps.area_code as string) as area_code,
    cast(parameters.quarter as string) as quarter,
    cast(gaps.members as bigint) as members,
    cast(gaps.is_resident as boolean) as is_resident,
    cast(gaps.household_size as bigint) as household_size,
    cast(coalesce(gaps.household_size <> gaps.members, false) as boolean) as size_mismatch,
    cast(gaps.income_known as boolean) as income_known,
    cast(incomes.period_start as date) as income_period_start,
    cast(incomes.period_end as date) as income_period_end,
    cast(incomes.load_id as string) as income_load_id,
    cast(incomes.row_no as bigint) as income_row_no,
    cast(incomes.wage_income as decimal(18, 2)) as wage_income,
    cast(incomes.business_net_income as decimal(18, 2)) as business_net_income,
    cast(incomes.property_net_income as decimal(18, 2)) as property_net_income,
    cast(incomes.transfer_net_income as decimal(18, 2)) as transfer_net_income,
    cast(incomes.insurance_claims as decimal(18, 2)) as insurance_claims,
    cast(incomes.compliant_self_paid as decimal(18, 2)) as compliant_self_paid,
    cast(incomes.medical_expense as decimal(18, 2)) as medical_expense,
    cast(incomes.education_expense as decimal(18, 2)) as education_expense,
    cast(incomes.other_rigid_expense as decimal(18, 2)) as other_rigid_expense,
    cast(gaps.employed_members as bigint) as employed_members,
    cast(parameters.employment_cost_deduction as double) as employment_cost_deduction,
    cast(gaps.net_income as decimal(18, 2)) as net_income,
    cast(gaps.income_per_head as decimal(18, 2)) as income_per_head,
    cast(gaps.dibao_income_per_head as decimal(18, 2)) as dibao_income_per_head,
    cast(gaps.rigid_expense as decimal(18, 2)) as rigid_expense,
    cast(gaps.rigid_ratio as double) as rigid_ratio,
    cast(gaps.monitoring_line as decimal(18, 2)) as monitoring_line,
    cast(gaps.watch_line as decimal(18, 2)) as watch_line,
    cast(gaps.dibao_standard_year as decimal(18, 2)) as dibao_standard_year,
    cast(gaps.edge_line as decimal(18, 2)) as edge_line,
    cast(gaps.disposable_income_per_head as decimal(18, 2)) as disposable_income_per_head,
    cast(gaps.rigid_ratio_min as double) as rigid_ratio_min,
    cast(gaps.below_line as boolean) as below_line,
    cast(gaps.dibao_income as boolean) as dibao_income,
    cast(gaps.edge_income as boolean) as edge_income,
    cast(gaps.rigid_income as boolean) as rigid_income,
    cast(gaps.rigid_spend as boolean) as rigid_spend,
    cast(gaps.assets_ok as boolean) as assets_ok,
    cast(gaps.has_vehicle as boolean) as asset_vehicle,
    cast(gaps.has_homes as boolean) as asset_homes,
    cast(gaps.has_business as boolean) as asset_business,
    cast(gaps.has_public_payroll as boolean) as asset_public_payroll,
    cast(gaps.has_financial_assets as boolean) as asset_financial,
    cast(gaps.commercial_homes as bigint) as commercial_homes,
    cast(round(parameters.commercial_homes_allowed, 0) as bigint) as commercial_homes_allowed,
    cast(gaps.financial_assets as decimal(18, 2)) as financial_assets,
    cast(parameters.financial_assets_limit as decimal(18, 2)) as financial_assets_limit,
    cast(gaps.asset_conflicts as string) as asset_conflicts,
    cast(gaps.all_dependent as boolean) as all_dependent,
    cast(gaps.tier_eligible as string) as tier_eligible,
    cast(gaps.is_cover_unknown as boolean) as is_cover_unknown,
    cast(gaps.tier_registered as string) as tier_registered,
    cast(gaps.monitored_type_eligible as string) as monitored_type_eligible,
    cast(gaps.monitored_type_registered as string) as monitored_type_registered,
    cast(gaps.is_monitored as boolean) as is_monitored,
    cast(gaps.is_lifted as boolean) as is_lifted,
    cast(gaps.suspected_missed as boolean) as suspected_missed,
    cast(gaps.suspected_unmonitored as boolean) as suspected_unmonitored,
    cast(gaps.suspected_ineligible as boolean) as suspected_ineligible,
    cast(gaps.gradual_exit as boolean) as gradual_exit,
    cast(gaps.gradual_exit_months_left as bigint) as gradual_exit_months_left,
    cast(gaps.voluntary_exit_bonus_until as date) as voluntary_exit_bonus_until,
    cast(gaps.has_single_cover_candidate as boolean) as single_cover_candidate,
    cast(gaps.single_cover_missed as boolean) as single_cover_missed,
    cast(gaps.household_missed as boolean) as household_missed,
    cast(gaps.dropped as boolean) as dropped,
    cast(gaps.dead_or_moved_active as boolean) as dead_or_moved_active,
    cast(gaps.double_registered as boolean) as double_registered,
    cast(gaps.potential_target as boolean) as potential_target,
    cast(gaps.no_check as boolean) as no_check,
    cast(gaps.disability_subsidy_gap as boolean) as disability_subsidy_gap,
    cast(gaps.watch_population as boolean) as watch_population,
    cast(gaps.is_lifted as boolean) as watch_lifted,
    cast(gaps.is_ever_monitored as boolean) as watch_monitored,
    cast(gaps.is_refused as boolean) as watch_rejected,
    cast(gaps.has_left_dibao as boolean) as watch_left_dibao,
    cast(gaps.focus_serious_illness as boolean) as focus_serious_illness,
    cast(gaps.focus_severe_disability as boolean) as focus_severe_disability,
    cast(gaps.focus_incapacitated_tekun as boolean) as focus_incapacitated_tekun,
    cast(gaps.focus_unstable_employment as boolean) as focus_unstable_employment,
    cast(gaps.focus_failed_industry as boolean) as focus_failed_industry,
    cast(gaps.focus_disaster as boolean) as focus_disaster,
    cast(gaps.focus_no_labour as boolean) as focus_no_labour,
    cast(incomes.housing_safe as boolean) as housing_safe,
    cast(incomes.water_safe as boolean) as water_safe,
    cast(incomes.schooling_secured as boolean) as schooling_secured,
    cast(incomes.medical_insured as boolean) as medical_insured,
    cast(risks.risk_causes as string) as risk_causes,
    cast(risks.risk_level as string) as risk_level,
    cast(coalesce(findings.findings, 0) as bigint) as findings
from {{ ref('int_household_gaps_by_month') }} as gaps
inner join {{ ref('int_parameters_by_month') }} as parameters on gaps.month = parameters.month
inner join {{ ref('int_household_risks_by_month') }} as risks
    on
        gaps.month = risks.month
        and gaps.household_key = risks.household_key
left join {{ ref('int_household_incomes_by_month') }} as incomes
    on
        gaps.month = incomes.month
        and gaps.household_key = incomes.household_key
left join findings
    on
        gaps.month = findings.month
        and gaps.household_key = findings.household_key
order by gaps.month, gaps.area_code, gaps.household_key
