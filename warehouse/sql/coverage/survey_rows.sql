-- Which households were visited in a round without a complete form, or more than once, or with something found? One row
-- per household.
with listed as (
    select *
    from fct_survey_visit
    where
        year = $year
        and round = $round
        and is_visited
        and ($area is null or area_code in (select area_code from dim_area_scope where scope_code = $area))
        and case $of
            when 'form_missing' then not form_done
            when 'repeated' then visits > 1
            when 'with_findings' then findings <> ''
        end
)

select
    listed.household_key,
    listed.household_no,
    dim_household.head_name,
    listed.area_code,
    dim_area.path as area_name,
    listed.visited_on,
    listed.form_done,
    listed.visits,
    listed.findings,
    count(*) over () as found
from listed
left join dim_household on listed.household_key = dim_household.household_key
left join dim_area on listed.area_code = dim_area.area_code
order by listed.area_code, listed.household_no, listed.visit_key
limit $limit
