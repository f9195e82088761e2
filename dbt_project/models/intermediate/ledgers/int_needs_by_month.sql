-- Each cause of risk of a household under monitoring on a month's last day, and whether help answers it (ST-4a): a measure
-- of a category that var `measures_of_causes` names for the cause; a cause without categories is answered by any.
with

months as (select * from {{ source('landed', 'months') }}),
households as (select * from {{ ref('int_households_by_month') }}),
measures as (select * from {{ ref('fct_measure') }} where household_key is not null),

answers as (
    {% for cause, categories in var('measures_of_causes').items() %}
    {% set outer = loop %}
    {% for category in categories or ['any'] %}
    select '{{ cause }}' as cause, '{{ category }}' as category
    {{ 'union all' if not (loop.last and outer.last) }}
    {% endfor %}
    {% endfor %}
),

-- The newest of a household's spells speaks.
monitored as (
    select
        months.month,
        months.month_end,
        spells.household_key,
        spells.causes
    from months
    inner join {{ ref('int_identification_spells') }} as spells
        on
            months.month_end >= spells.approved_on
            and (spells.eliminated_on is null or spells.eliminated_on > months.month_end)
    where spells.household_key is not null
    qualify row_number() over (
        partition by months.month, spells.household_key order by spells.discovered_on desc, spells.spell_key asc
    ) = 1
),

needs as (
    select
        monitored.month,
        monitored.month_end,
        monitored.household_key,
        causes.cause
    from monitored
    inner join (select distinct cause from answers) as causes on {{ is_listed('causes.cause', 'monitored.causes') }}
),

answered as (
    select
        needs.month,
        needs.household_key,
        needs.cause,
        count(measures.measure_key) as measures,
        count(case when measures.done_on <= needs.month_end then 1 end) as measures_done
    from needs
    inner join answers on needs.cause = answers.cause
    left join measures
        on
            needs.household_key = measures.household_key
            and (answers.category = measures.category or answers.category = 'any')
    group by needs.month, needs.household_key, needs.cause
)

select
    answered.month,
    answered.household_key,
    households.area_code,
    answered.cause,
    answered.measures,
    answered.measures_done,
    case
        when answered.measures_done > 0 then 'met'
        when answered.measures > 0 then 'planned'
        else 'none'
    end as state
from answered
inner join households
    on answered.month = households.month and answered.household_key = households.household_key
