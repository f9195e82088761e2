-- Referrals completed, of those whose limit fell in the period (ST-5a, DB-5); those not yet due wait.
with

today as (select as_of from {{ source('landed', 'build_info') }}),

referrals as (
    select
        fct_referral.*,
        today.as_of
    from {{ ref('fct_referral') }} as fct_referral
    cross join today
)

{{ count_metric(
    'referral_done', 'referrals', month_of('coalesce(due_on, accepted_on)'),
    "time_state in ('within', 'over', 'overdue') and due_on <= as_of", 'completed_on is not null',
    "time_state in ('impossible', 'unknown')", department='department_code'
) }}
