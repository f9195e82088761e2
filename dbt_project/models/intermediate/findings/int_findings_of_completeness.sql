-- Completeness (03-rules "Findings"): monitored without an income record, a contact, a plan. A missing cause or day of
-- discovery is refused by intake: int_findings_of_intake. The plan is judged on the last day that the ledger can know of.
with spells as (
    select
        spells.*,
        incomes.income_known,
        lists.is_received as has_income_list,
        limits.limit_value as plan_days,
        {{ days_in_unit(
            'limits.unit', 'spells.approved_on', 'spells.ledger_end', 'approved.working_day_no', 'known.working_day_no'
        ) }} as days_since_approval
    from {{ ref('int_monitored_spells_by_month') }} as spells
    inner join {{ ref('int_lists_by_month') }} as lists
        on
            spells.month = lists.month
            and lists.extract = 'household_income'
    left join {{ ref('int_household_incomes_by_month') }} as incomes
        on
            spells.month = incomes.month
            and spells.household_key = incomes.household_key
    left join {{ ref('int_limits_dated') }} as limits
        on
            limits.parameter = 'plan_days'
            and spells.approved_on >= limits.valid_from
            and spells.approved_on < limits.valid_before
    left join {{ source('landed', 'days') }} as approved on spells.approved_on = approved.day
    left join {{ source('landed', 'days') }} as known on spells.ledger_end = known.day
    where spells.is_active
)

{{ finding(
    'monitored_no_income', 'spells', 'has_income_list and not coalesce(income_known, false)',
    load_id='cast(null as string)', row_no='null'
) }}
union all
{{ finding(
    'monitored_no_contact', 'spells', 'approved_on <= month_end and not has_contact',
    extract="'monitored_households'", first='approved_on'
) }}
union all
{{ finding(
    'monitored_no_plan', 'spells', 'plan_on is null and days_since_approval > plan_days',
    extract="'monitored_households'", first='approved_on', limit_value='plan_days'
) }}
