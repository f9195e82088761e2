-- Households monitored again (BX 三(四)6) and admitted without a warning before (BX-3). A relapse can only be judged once
-- its window has passed, a missing warning only where warnings reach back far enough.
with

months as (select * from {{ source('landed', 'months') }}),
parameters as (select * from {{ ref('int_parameters_by_month') }}),
spells as (select * from {{ ref('fct_identification') }}),
warnings as (select * from {{ ref('fct_warning') }}),
first_warnings as (select min(month) as first_month from warnings),

eliminated as (
    select
        months.month,
        months.month_end,
        parameters.relapse_window_months,
        spells.spell_key,
        spells.household_key,
        spells.area_code,
        spells.eliminated_on
    from months
    inner join parameters on months.month = parameters.month
    inner join spells
        on
            spells.eliminated_on <= months.month_end
            and {{ is_over_months('spells.eliminated_on', 'cast(months.month_end + 1 as date)', 'parameters.relapse_window_months') }}
),

again as (
    select distinct
        eliminated.month,
        eliminated.spell_key
    from eliminated
    inner join spells
        on
            eliminated.household_key = spells.household_key
            and spells.approved_on > eliminated.eliminated_on
            and not {{ is_over_months('eliminated.eliminated_on', 'spells.approved_on', 'eliminated.relapse_window_months') }}
),

watched as (
    select
        eliminated.*,
        again.spell_key is not null as has_relapsed
    from eliminated
    left join again on eliminated.month = again.month and eliminated.spell_key = again.spell_key
),

admitted as (
    select
        spells.spell_key,
        spells.area_code,
        spells.approved_on,
        bool_or(coalesce(warnings.pushed_on is not null, false)) as was_warned,
        max(parameters.forewarning_days) is not null
        and max(spells.approved_on - cast(parameters.forewarning_days as integer)) >= max(first_warnings.first_month)
            as is_foreseeable
    from spells
    inner join parameters on {{ month_of('spells.approved_on') }} = parameters.month
    cross join first_warnings
    left join warnings
        on
            spells.household_key = warnings.household_key
            and warnings.pushed_on <= spells.approved_on
            and warnings.pushed_on >= spells.approved_on - cast(parameters.forewarning_days as integer)
    where spells.household_key is not null
    group by spells.spell_key, spells.area_code, spells.approved_on
)

{{ count_metric('relapse_rate', 'watched', 'month', 'household_key is not null', 'has_relapsed', 'household_key is null') }}
union all
{{ count_metric(
    'unforeseen_admissions', 'admitted', month_of('approved_on'), '(was_warned or is_foreseeable)', 'not was_warned',
    'not was_warned and not coalesce(is_foreseeable, false)'
) }}
