-- The village's five numbers (reporting practice), in households and people at each month's end: all, lifted, ever
-- monitored, of these not eliminated, and of these not held.
with

held as (
    select
        months.month,
        spells.household_key,
        bool_or(spells.is_held) as is_held
    from {{ source('landed', 'months') }} as months
    inner join {{ ref('fct_identification') }} as spells
        on
            spells.discovered_on <= months.month_end
            and (spells.eliminated_on is null or spells.eliminated_on > months.month_end)
    where spells.household_key is not null
    group by months.month, spells.household_key
),

households as (
    select
        gaps.month,
        gaps.area_code,
        gaps.members,
        gaps.is_lifted,
        gaps.is_ever_monitored,
        gaps.is_monitored,
        gaps.is_monitored and not coalesce(held.is_held, false) as is_monitored_not_held
    from {{ ref('int_household_gaps_by_month') }} as gaps
    left join held on gaps.month = held.month and gaps.household_key = held.household_key
)

{{ count_metric('five_numbers_all', 'households', 'month', 'true', 'true', members='members') }}
union all
{{ count_metric('five_numbers_lifted', 'households', 'month', 'true', 'is_lifted', members='members') }}
union all
{{ count_metric('five_numbers_monitored', 'households', 'month', 'true', 'is_ever_monitored', members='members') }}
union all
{{ count_metric('five_numbers_not_eliminated', 'households', 'month', 'true', 'is_monitored', members='members') }}
union all
{{ count_metric('five_numbers_not_held', 'households', 'month', 'true', 'is_monitored_not_held', members='members') }}
