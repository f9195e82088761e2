-- Each rule an elimination must keep (03-rules "Elimination", BX-6): true where broken, null where it cannot be
-- judged. A spell that is still active is judged in the newest month, by the same rules, for `ready_to_eliminate`; what
-- stands in its way is named, so that it is checked before it is marked.
{% set faults = {
    'monitored_too_short': 'not is_long_enough',
    'publicity_short': 'is_publicity_short',
    'income_below_line': 'below_line',
    'housing': 'not housing_safe',
    'water': 'not water_safe',
    'schooling': 'not schooling_secured',
    'medical': 'not medical_insured',
    'no_labour': 'is_without_labour',
} %}
-- What stands in the way beside the faults; publicity that has not begun does not.
{% set hindrances = {
    'monitored_too_short': 'not is_long_enough',
    'publicity_short': 'coalesce(is_publicity_short, false)',
    'income_below_line': 'below_line',
    'housing': 'not housing_safe',
    'water': 'not water_safe',
    'schooling': 'not schooling_secured',
    'medical': 'not medical_insured',
    'no_labour': 'is_without_labour',
    'held': 'is_held',
    'recent_warning': 'recent_warnings > 0',
    'no_measure': 'measures = 0',
    'measures_open': 'measures_done < measures',
} %}
with

spells as (select * from {{ ref('int_identification_spells') }}),
publicity as (select * from {{ ref('int_identification_steps_timed') }} where step = 'exit_publicity'),
limits as (select * from {{ ref('int_limits_dated') }} where parameter = 'elimination_months'),
tests as (select * from {{ ref('int_household_tests_by_month') }}),
incomes as (select * from {{ ref('int_household_incomes_by_month') }}),
people as (select * from {{ ref('int_household_people_by_month') }}),
warnings as (select * from {{ ref('int_warnings_by_household') }}),
info as (select as_of, last_month from {{ source('landed', 'build_info') }}),

measures as (
    select
        household_key,
        count(*) as measures,
        count(done_on) as measures_done
    from {{ ref('fct_measure') }}
    where household_key is not null
    group by household_key
),

judged_in as (
    select
        spells.*,
        limits.limit_value,
        info.last_month,
        info.as_of,
        coalesce(spells.eliminated_on, info.as_of) as judged_on,
        case when spells.eliminated_on is null then info.last_month else {{ month_of('spells.eliminated_on') }} end
            as judged_month
    from spells
    left join limits on spells.approved_on >= limits.valid_from and spells.approved_on < limits.valid_before
    cross join info
),

recent_warnings as (
    select
        judged_in.spell_key,
        count(*) as warnings
    from judged_in
    inner join warnings
        on
            judged_in.household_key = warnings.household_key
            and {{ month_index('judged_in.judged_month') }} - {{ month_index('warnings.list_month') }} >= 0
            and {{ month_index('judged_in.judged_month') }} - {{ month_index('warnings.list_month') }} < judged_in.limit_value
    group by judged_in.spell_key
),

tested as (
    select
        judged_in.*,
        {{ is_over_months('judged_in.approved_on', 'judged_in.judged_on', 'judged_in.limit_value') }} as is_long_enough,
        case
            when publicity.state in ('short', 'skipped', 'impossible') then true
            when publicity.state = 'within' then false
        end as is_publicity_short,
        tests.below_line,
        incomes.housing_safe,
        incomes.water_safe,
        incomes.schooling_secured,
        incomes.medical_insured,
        people.is_without_labour,
        coalesce(recent_warnings.warnings, 0) as recent_warnings,
        coalesce(measures.measures, 0) as measures,
        coalesce(measures.measures_done, 0) as measures_done,
        judged_in.approved_on is not null as is_judged,
        judged_in.approved_on is not null and judged_in.eliminated_on is null as is_candidate,
        -- Its publicity began in the quarter of the snapshot's day.
        coalesce(
            extract(year from judged_in.exit_publicity_from) = extract(year from judged_in.as_of)
            and extract(quarter from judged_in.exit_publicity_from) = extract(quarter from judged_in.as_of),
            false
        ) as is_proposed
    from judged_in
    inner join publicity on judged_in.spell_key = publicity.spell_key
    left join tests on judged_in.household_key = tests.household_key and judged_in.judged_month = tests.month
    left join incomes on judged_in.household_key = incomes.household_key and judged_in.judged_month = incomes.month
    left join people on judged_in.household_key = people.household_key and judged_in.judged_month = people.month
    left join recent_warnings on judged_in.spell_key = recent_warnings.spell_key
    left join measures on judged_in.household_key = measures.household_key
)

select
    cast(spell_key as string) as spell_key,
    cast(
        case
            when eliminated_on is null then case when approved_on is not null then 'open' end
            when is_long_enough is null then 'unknown'
            when is_long_enough then 'within'
            else 'short'
        end as string
    ) as eliminate_state,
    cast(
        case when eliminated_on is not null then trim(
            both '、' from
            {% for fault, broken in faults.items() %}
            case when {{ broken }} then '{{ fault }}、' else '' end{{ ' ||' if not loop.last }}
            {% endfor %}
        ) end as string
    ) as elimination_faults,
    cast(
        case when eliminated_on is not null then trim(
            both '、' from
            {% for fault, broken in faults.items() %}
            case when ({{ broken }}) is null then '{{ fault }}、' else '' end{{ ' ||' if not loop.last }}
            {% endfor %}
        ) end as string
    ) as elimination_unknowns,
    -- A household that nothing was ever done for is not ready, though no measure of it is open.
    cast(
        case
            when is_candidate
                then
                    not is_held
                    {% for hindrance, hinders in hindrances.items() if hindrance != 'held' %}
                    and not {{ '(' ~ hinders ~ ')' }}
                    {% endfor %}
        end as boolean
    ) as ready_to_eliminate,
    cast(
        case when is_candidate then trim(
            both '、' from
            {% for hindrance, hinders in hindrances.items() %}
            case when {{ hinders }} then '{{ hindrance }}、' else '' end{{ ' ||' if not loop.last }}
            {% endfor %}
        ) end as string
    ) as not_ready_reasons,
    cast(
        case when is_candidate then trim(
            both '、' from
            {% for hindrance, hinders in hindrances.items() %}
            case when ({{ hinders }}) is null then '{{ hindrance }}、' else '' end{{ ' ||' if not loop.last }}
            {% endfor %}
        ) end as string
    ) as not_ready_unknowns,
    cast(case when is_judged then is_long_enough end as boolean) as is_long_enough,
    cast(case when is_judged then not below_line end as boolean) as is_income_over_line,
    cast(case when is_judged then housing_safe end as boolean) as is_housing_safe,
    cast(case when is_judged then water_safe end as boolean) as is_water_safe,
    cast(case when is_judged then schooling_secured end as boolean) as is_schooling_secured,
    cast(case when is_judged then medical_insured end as boolean) as is_medical_insured,
    cast(case when is_judged then not is_without_labour end as boolean) as has_labour,
    cast(case when is_judged then recent_warnings = 0 end as boolean) as is_without_warning,
    cast(case when is_judged then measures end as bigint) as measures,
    cast(case when is_judged then measures_done end as bigint) as measures_done,
    -- BX-6: a household without labour capacity is held, not eliminated.
    cast(case when is_candidate then is_without_labour end as boolean) as should_be_held,
    cast(is_candidate and is_proposed as boolean) as is_proposed
from tested
