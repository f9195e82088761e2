-- How many rows of each list were linked (YL-6). A list of people is linked by the person, one of households by the
-- household. Lists that are about no one have no row here; a zero report has a row of zeros.
{% set lists = var('linked_lists') %}
{% set linked = lists | map(attribute='extract') | join("', '") %}
{% set of_people = lists | selectattr('person') | map(attribute='extract') | join("', '") %}
with

received as (
    select distinct
        extract,
        month as list_month
    from {{ source('landed', 'loads') }}
    where is_winning and extract in ('{{ linked }}')
),

counted as (
    select
        extract,
        list_month,
        count(*) as rows_linkable,
        count(case when extract in ('{{ of_people }}') then person_key else household_key end) as rows_linked
    from {{ ref('int_rows_linked') }}
    group by extract, list_month
)

select
    cast(received.extract as string) as extract,
    cast(received.list_month as date) as list_month,
    cast(coalesce(counted.rows_linkable, 0) as bigint) as rows_linkable,
    cast(coalesce(counted.rows_linked, 0) as bigint) as rows_linked
from received
left join counted on received.extract = counted.extract and received.list_month = counted.list_month
