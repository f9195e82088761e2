-- Tekun people's care (DJ-3), visits to them and to left-behind elderly (DJ-3, DJ-5), and the two subsidies of disabled
-- people (DJ-5), by person and month. Where no standard is set nobody is judged: the unpaid alone would
-- make a share of 0.
with

care as (select * from {{ ref('fct_care_visit') }}),
subsidies as (select * from {{ ref('fct_subsidy') }} where kind in ('living', 'nursing') and is_entitled)

{{ count_metric(
    'tekun_agreement', 'care', 'month', 'is_tekun and is_home_care', 'has_agreement',
    'is_tekun and is_home_care is null'
) }}
union all
{{ count_metric(
    'tekun_centralised', 'care', 'month', 'is_tekun and is_home_care is not null', 'not is_home_care',
    'is_tekun and is_home_care is null'
) }}
union all
{{ count_metric(
    'visit_recency', 'care', 'month', "state in ('visited', 'overdue', 'never')", "state = 'visited'", "state = 'unknown'"
) }}
union all
{{ count_metric(
    'subsidy_coverage', 'subsidies', 'month', 'standard is not null', "state = 'paid'", 'standard is null'
) }}
