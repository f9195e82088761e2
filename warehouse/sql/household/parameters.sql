-- Which parameters decided in a month, and where do they come from? One row per parameter: the value in force on the
-- month's last day; of the income per head of all residents, that of the year before.
select
    parameter,
    value,
    number,
    unit,
    valid_from,
    source,
    is_local,
    is_stand_in,
    clause,
    note
from meta_parameter
where valid_from <= case
        when parameter = 'disposable_income_per_head' then make_date(year($month::date) - 1, 12, 31)
        else last_day($month::date)
    end
qualify row_number() over (partition by parameter order by valid_from desc) = 1
order by parameter
