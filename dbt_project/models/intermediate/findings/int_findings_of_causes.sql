-- Cause against facts (03-rules "Findings"): what the monitoring ledger gives as the cause, and what the other lists say.
-- Lists of illness hold only what is new: a household found before the first of them has no ill member only if its income
-- record has no medical spending either. Self-paid spending is asked only of a record that ends after it was found.
with illness_lists as (
    select min(month) as first_month
    from {{ source('landed', 'loads') }}
    where
        is_winning
        and extract in ('major_disease', 'high_medical_bills')
),

ill as (
    select
        household_key,
        min(list_month) as since_month
    from {{ ref('int_warning_rows') }}
    where
        household_key is not null
        and extract in ('major_disease', 'high_medical_bills')
    group by household_key
),

disabled as (
    select distinct
        people.month,
        people.household_key
    from {{ ref('int_household_members_by_month') }} as people
    inner join {{ ref('int_disabilities_by_month') }} as disabilities
        on
            people.month = disabilities.month
            and people.person_key = disabilities.person_key
    where people.is_member
),

spells as (
    select
        spells.month,
        spells.household_key,
        spells.causes,
        spells.load_id,
        spells.row_no,
        labour.members,
        labour.able,
        labour.able_of_working_age,
        labour.working_age_unknown,
        incomes.period_end,
        incomes.compliant_self_paid,
        incomes.load_id as income_load_id,
        incomes.row_no as income_row_no,
        incomes.income_known and incomes.period_end >= spells.discovered_on as is_spending_known,
        illness_lists.first_month is not null
        and (
            illness_lists.first_month <= spells.discovered_on
            or (
                incomes.income_known
                and coalesce(incomes.medical_expense, 0) = 0
                and coalesce(incomes.compliant_self_paid, 0) = 0
            )
        ) as is_illness_known,
        coalesce(ill.since_month <= spells.month, false) as is_ill,
        lists.is_received as is_disability_known,
        disabled.household_key is not null as is_disabled
    from {{ ref('int_monitored_spells_by_month') }} as spells
    cross join illness_lists
    inner join {{ ref('int_lists_by_month') }} as lists
        on
            spells.month = lists.month
            and lists.extract = 'disabled_persons'
    left join ill on spells.household_key = ill.household_key
    left join disabled
        on
            spells.month = disabled.month
            and spells.household_key = disabled.household_key
    left join {{ ref('int_household_labour_by_month') }} as labour
        on
            spells.month = labour.month
            and spells.household_key = labour.household_key
    left join {{ ref('int_household_incomes_by_month') }} as incomes
        on
            spells.month = incomes.month
            and spells.household_key = incomes.household_key
    where spells.is_active
)

{{ finding(
    'illness_no_patient', 'spells', is_listed("'因病'", 'causes') ~ ' and is_illness_known and not is_ill',
    extract="'monitored_households'"
) }}
union all
{{ finding(
    'illness_no_spending', 'spells',
    is_listed("'因病'", 'causes') ~ ' and is_spending_known and coalesce(compliant_self_paid, 0) = 0',
    extract="'household_income'", first='period_end', load_id='income_load_id', row_no='income_row_no'
) }}
union all
{{ finding(
    'disability_no_member', 'spells', is_listed("'因残'", 'causes') ~ ' and is_disability_known and not is_disabled',
    extract="'monitored_households'"
) }}
union all
{{ finding(
    'labour_all_able', 'spells', is_listed("'缺劳力'", 'causes') ~ ' and able = members',
    extract="'monitored_households'", first='members'
) }}
union all
{{ finding(
    'employment_no_worker', 'spells',
    is_listed("'因就业'", 'causes') ~ ' and able_of_working_age = 0 and working_age_unknown = 0',
    extract="'monitored_households'"
) }}
