-- For each metric and period the lists without which its figure cannot be said; no row where none is missing. A
-- register holds until the next one comes, so one up to the period will do. A ledger tells what has happened so far,
-- so it must speak of the period or of a later month. A zero report counts as received.
with

periods as (select * from {{ ref('int_periods') }}),
extracts as (select * from {{ source('landed', 'extracts') }}),
metrics as (select * from {{ source('landed', 'metrics') }}),

received as (
    select
        extract,
        min(month) as first_month,
        max(month) as last_month
    from {{ source('landed', 'loads') }}
    where is_winning
    group by extract
),

missing as (
    select
        periods.period_kind,
        periods.period,
        extracts.extract
    from periods
    cross join extracts
    left join received on extracts.extract = received.extract
    where
        not coalesce(
            case
                when extracts.kind = 'ledger' then received.last_month >= periods.first_month
                else received.first_month <= periods.last_month
            end, false
        )
)

select
    cast(metrics.metric as string) as metric,
    cast(missing.period_kind as string) as period_kind,
    cast(missing.period as string) as period,
    cast({{ agg_list('missing.extract', 'missing.extract') }} as string) as lists_missing
from metrics
inner join missing on {{ is_listed('missing.extract', 'metrics.needs') }}
group by metrics.metric, missing.period_kind, missing.period
