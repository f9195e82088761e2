select
    cast(month as date) as month,
    cast(extract as string) as extract,
    cast(owner as string) as owner,
    {% for name in ['rows_accepted', 'rows_linked', 'warnings', 'checked', 'admitted', 'helped', 'already_monitored',
        'no_risk', 'not_found', 'result_unknown', 'overdue', 'approved', 'planned', 'plan_helped'] %}
    cast({{ name }} as bigint) as {{ name }},
    {% endfor %}
    cast(duplicates as bigint) as duplicates
from {{ ref('agg_list_month') }}
where scope = 'profile'
order by month, owner, extract
