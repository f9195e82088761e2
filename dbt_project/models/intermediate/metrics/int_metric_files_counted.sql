-- The file of each household under monitoring, at each month's end (ST-5c, BX-5): income record, contact, plan,
-- measure; whether help answers each cause of its risk (ST-4a); whether those without labour are held (BX-6.5).
with

months as (select * from {{ source('landed', 'months') }}),
parameters as (select month, first_measure_months from {{ ref('int_parameters_by_month') }}),
spells as (select * from {{ ref('fct_identification') }} where household_key is not null),
incomes as (select * from {{ ref('int_household_incomes_by_month') }}),
households as (select * from {{ ref('int_households_by_month') }}),
people as (select * from {{ ref('int_household_people_by_month') }}),
measures as (
    select * from {{ ref('fct_measure') }}
    where done_on is not null and household_key is not null
),

first_measures as (
    select
        household_key,
        min(done_on) as done_on
    from measures
    group by household_key
),

-- The household's spells under monitoring on the month's last day: the newest of them speaks.
monitored as (
    select
        months.month,
        months.month_end,
        spells.*
    from months
    inner join spells
        on
            spells.approved_on <= months.month_end
            and (spells.eliminated_on is null or spells.eliminated_on > months.month_end)
    qualify row_number() over (
        partition by months.month, spells.household_key order by spells.discovered_on desc, spells.spell_key asc
    ) = 1
),

answered as (
    select
        month,
        household_key,
        area_code,
        state = 'met' as is_matched
    from {{ ref('int_needs_by_month') }}
),

all_answered as (
    select
        month,
        household_key,
        bool_and(is_matched) as is_matched
    from answered
    group by month, household_key
),

files as (
    select
        monitored.month,
        households.area_code,
        monitored.is_held,
        people.is_without_labour,
        all_answered.is_matched,
        households.members,
        coalesce(first_measures.done_on <= monitored.month_end, false) as has_measure,
        monitored.has_contact
        and coalesce(monitored.plan_on <= monitored.month_end, false)
        and coalesce(incomes.income_known, false) as has_papers,
        {{ month_index('monitored.month_end') }} - {{ month_index('monitored.approved_on') }}
        > parameters.first_measure_months
        or (
            {{ month_index('monitored.month_end') }} - {{ month_index('monitored.approved_on') }}
            = parameters.first_measure_months
            and extract(day from monitored.month_end) >= extract(day from monitored.approved_on)
        ) as is_a_month_on
    from monitored
    inner join parameters on monitored.month = parameters.month
    inner join households
        on monitored.month = households.month and monitored.household_key = households.household_key
    left join incomes
        on monitored.month = incomes.month and monitored.household_key = incomes.household_key
    left join first_measures on monitored.household_key = first_measures.household_key
    left join people
        on monitored.month = people.month and monitored.household_key = people.household_key
    left join all_answered
        on monitored.month = all_answered.month and monitored.household_key = all_answered.household_key
)

{{ count_metric(
    'file_complete', 'files', 'month', 'true', '(has_papers and has_measure)', members='members'
) }}
union all
{{ count_metric(
    'no_measure_one_month', 'files', 'month', 'is_a_month_on', 'not has_measure', members='members'
) }}
union all
{{ count_metric(
    'measured_households', 'files', 'month', 'is_matched is not null', 'is_matched', 'is_matched is null',
    members='members'
) }}
union all
{{ count_metric('cause_matched_measures', 'answered', 'month', 'true', 'is_matched') }}
union all
{{ count_metric(
    'no_labour_held', 'files', 'month', 'is_without_labour', 'is_held', 'is_without_labour is null', members='members'
) }}
