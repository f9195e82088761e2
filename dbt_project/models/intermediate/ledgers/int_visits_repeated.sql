-- Households that two errands went to on different days within `repeat_visit_days` (DB-7), by the month of the later visit.
with visits as (
    select
        visits.*,
        parameters.repeat_visit_days
    from {{ ref('int_visits') }} as visits
    inner join {{ ref('int_parameters_by_month') }} as parameters on visits.month = parameters.month
)

select distinct
    later.month,
    later.household_key,
    later.area_code
from visits as later
inner join visits as earlier
    on
        later.household_key = earlier.household_key
        and later.errand <> earlier.errand
        and later.visited_on > earlier.visited_on
        and {{ days_between('earlier.visited_on', 'later.visited_on') }} <= later.repeat_visit_days
