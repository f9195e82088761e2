-- The file of each household under monitoring, at each month's end (ST-5c, BX-5): income record, contact, plan,
-- measure.
with

months as (select * from {{ source('landed', 'months') }}),
spells as (select * from {{ ref('fct_identification') }} where household_key is not null),
incomes as (select * from {{ ref('int_household_incomes_by_month') }}),
households as (select * from {{ ref('int_households_by_month') }}),

first_measures as (
    select
        household_key,
        min(done_on) as done_on
    from {{ ref('fct_measure') }}
    where done_on is not null
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

files as (
    select
        monitored.month,
        households.area_code,
        households.members,
        coalesce(first_measures.done_on <= monitored.month_end, false) as has_measure,
        monitored.has_contact
        and coalesce(monitored.plan_on <= monitored.month_end, false)
        and coalesce(incomes.income_known, false) as has_papers,
        {{ month_index('monitored.month_end') }} - {{ month_index('monitored.approved_on') }} > 1
        or (
            {{ month_index('monitored.month_end') }} - {{ month_index('monitored.approved_on') }} = 1
            and extract(day from monitored.month_end) >= extract(day from monitored.approved_on)
        ) as is_a_month_on
    from monitored
    inner join households
        on monitored.month = households.month and monitored.household_key = households.household_key
    left join incomes
        on monitored.month = incomes.month and monitored.household_key = incomes.household_key
    left join first_measures on monitored.household_key = first_measures.household_key
)

{{ count_metric(
    'file_complete', 'files', 'month', 'true', '(has_papers and has_measure)', members='members'
) }}
union all
{{ count_metric(
    'no_measure_one_month', 'files', 'month', 'is_a_month_on', 'not has_measure', members='members'
) }}
