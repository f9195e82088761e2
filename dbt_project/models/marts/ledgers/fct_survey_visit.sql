with

ledger as ({{ newest_of_each_part(ref('stg_town__survey_visits')) }}),

links as (select * from {{ ref('int_rows_linked') }} where extract = 'survey_visits'),

visits as (
    select
        ledger.*,
        links.household_key,
        count(ledger.visited_on) over (
            partition by ledger.household_no, ledger.year, ledger.round
        ) as visits
    from ledger
    left join links on ledger.load_id = links.load_id and ledger.row_no = links.row_no
),

-- One row per household and round: the first visit that took place; without one, the planned row.
first_visits as (
    select *
    from visits
    qualify row_number() over (
        partition by household_no, year, round
        order by visited_on asc nulls last, received_on desc, load_id desc, row_no desc
    ) = 1
)

select
    cast({{ text_hash("household_no || '|' || cast(year as string) || '|' || cast(round as string)") }} as string)
        as visit_key,
    cast(year as bigint) as year,
    cast(round as bigint) as round,
    cast(household_key as string) as household_key,
    cast(household_no as string) as household_no,
    cast(area_code as string) as area_code,
    cast(visited_on as date) as visited_on,
    cast(visited_on is not null as boolean) as is_visited,
    cast(form_done as boolean) as form_done,
    cast(findings as string) as findings,
    cast(visits as bigint) as visits,
    cast(list_month as date) as list_month
from first_visits
order by year, round, area_code, household_no
