-- Every row of the twelve warning lists (YL-3) with its cause, the day it speaks of, the person and the household.
{% set days = {
    'temporary_assistance': 'paid_on',
    'new_severe_disability': 'certified_on',
    'school_dropouts': 'dropped_on',
    'lost_public_posts': 'changed_on',
    'high_medical_bills': 'as_at',
    'unsafe_housing': 'assessed_on',
    'major_disease': 'diagnosed_on',
    'failed_industry': 'happened_on',
    'disaster_affected': 'happened_on',
    'unsafe_water': 'found_on',
    'accident_injuries': 'happened_on',
    'petitions': 'registered_on',
} %}
with list_rows as (
    {%- for owner, extract in warning_lists() %}
    select
        '{{ extract }}' as extract,
        '{{ owner }}' as owner,
        '{{ warning_causes()[extract] }}' as cause,
        load_id,
        row_no,
        list_month,
        received_on,
        area_code,
        {{ days[extract] }} as happened_on
    from {{ ref('stg_' ~ owner ~ '__' ~ extract) }}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
)

select
    list_rows.*,
    {{ month_index('list_rows.list_month') }} as list_month_index,
    linked.person_key,
    linked.link_method,
    linked.household_key,
    linked.household_method
from list_rows
inner join {{ ref('int_rows_linked') }} as linked
    on
        list_rows.extract = linked.extract
        and list_rows.load_id = linked.load_id
        and list_rows.row_no = linked.row_no
