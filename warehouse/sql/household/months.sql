-- How did the household's tier, risk and income move from month to month? One row per month.
select
    month,
    tier_eligible,
    tier_registered,
    risk_level,
    income_per_head
from fct_household_month
where household_key = $household
order by month
