-- Every finding in force in a month: one row per subject, rule, list and month (03-rules "Findings"), with the household
-- and the village where it counts. Findings of people count where they live; only households of the month are spoken of.
with found as (
    {% for group in ['identity', 'completeness', 'measures_missing', 'causes', 'measures', 'persons', 'dates',
                     'eliminations', 'amounts'] %}
    select * from {{ ref('int_findings_of_' ~ group) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

placed as (
    select
        found.month,
        found.rule,
        coalesce(found.person_key, found.household_key) as subject_key,
        households.household_key,
        found.person_key,
        households.area_code,
        found.extract,
        found.load_id,
        found.row_no,
        found.first_fact,
        found.second_fact,
        found.limit_value
    from found
    left join {{ ref('int_household_members_by_month') }} as people
        on
            found.month = people.month
            and found.person_key = people.person_key
            and people.is_home
    inner join {{ ref('int_households_by_month') }} as households
        on
            found.month = households.month
            and coalesce(found.household_key, people.household_key) = households.household_key
    union all
    select
        month,
        rule,
        subject_key,
        cast(null as string) as household_key,
        cast(null as string) as person_key,
        cast(null as string) as area_code,
        extract,
        load_id,
        row_no,
        first_fact,
        second_fact,
        limit_value
    from {{ ref('int_findings_of_intake') }}
)

select
    placed.month,
    placed.rule,
    rules.rule_order,
    rules.severity,
    rules.subject,
    placed.subject_key,
    placed.household_key,
    placed.person_key,
    placed.area_code,
    coalesce(rules.owner_extract, placed.extract) as extract,
    placed.load_id,
    placed.row_no,
    placed.first_fact,
    placed.second_fact,
    placed.limit_value
from placed
inner join {{ source('landed', 'finding_rules') }} as rules on placed.rule = rules.rule
qualify row_number() over (
    partition by placed.month, placed.rule, placed.subject_key, coalesce(rules.owner_extract, placed.extract)
    order by
        placed.load_id desc nulls last, placed.row_no desc nulls last, placed.first_fact asc nulls last,
        placed.second_fact asc nulls last
) = 1
