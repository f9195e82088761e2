-- Which limit of each step is in force on a day? One row per parameter.
select
    parameter,
    value::double as value,
    unit
from meta_parameter
where list_contains(
        ['check_days', 'review_days', 'publicity_days', 'identify_days', 'plan_days', 'exit_publicity_days', 'referral_days'],
        parameter
    )
    and valid_from <= $day
    and (valid_to is null or valid_to >= $day)
qualify row_number() over (partition by parameter order by valid_from desc) = 1
order by parameter
