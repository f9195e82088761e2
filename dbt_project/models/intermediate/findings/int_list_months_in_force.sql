-- Which list months of each extract speak of a month: of registers, assets and ledgers the newest; of warning lists, which
-- hold only what is new, each one of the `warning_active_months` to the month. A list that did not come changes nothing.
with newest as (
    select
        lists.month,
        lists.month_end,
        lists.extract,
        lists.list_month
    from {{ ref('int_lists_by_month') }} as lists
    inner join {{ source('landed', 'extracts') }} as extracts on lists.extract = extracts.extract
    where
        lists.is_received
        and extracts.kind <> 'warning'
),

warnings as (
    select distinct
        parameters.month,
        parameters.month_end,
        loads.extract,
        loads.month as list_month
    from {{ source('landed', 'loads') }} as loads
    inner join {{ source('landed', 'extracts') }} as extracts
        on
            loads.extract = extracts.extract
            and extracts.kind = 'warning'
    inner join {{ ref('int_parameters_by_month') }} as parameters
        on
            loads.month <= parameters.month
            and parameters.month_index - {{ month_index('loads.month') }} < parameters.warning_active_months
    where loads.is_winning
)

select * from newest
union all
select * from warnings
