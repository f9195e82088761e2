-- How does each household stand in the month? One row per household.
select
    household_key,
    tier_registered,
    tier_eligible,
    is_monitored,
    suspected_missed,
    suspected_ineligible,
    risk_level,
    risk_causes
from fct_household_month
where month = cast($month as date)
order by household_key
