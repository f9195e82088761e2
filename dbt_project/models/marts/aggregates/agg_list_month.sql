with

scopes as ({{ village_and_profile() }}),
warnings as (select * from {{ ref('fct_warning') }}),

rows_in as (
    select
        rows_of.list_month as month,
        rows_of.extract,
        coalesce(rows_of.area_code, homes.area_code) as area_code,
        count(*) as rows_accepted,
        count(rows_of.household_key) as rows_linked
    from {{ ref('int_warning_rows') }} as rows_of
    left join (
        select household_key, min(area_code) as area_code
        from warnings
        group by household_key
    ) as homes on rows_of.household_key = homes.household_key
    group by rows_of.list_month, rows_of.extract, coalesce(rows_of.area_code, homes.area_code)
),

counted as (
    select
        warnings.month,
        warnings.extract,
        warnings.area_code,
        count(*) as warnings,
        count(warnings.verified_on) as checked,
        count(case when warnings.result = '纳入监测' then 1 end) as admitted,
        count(case when warnings.result = '落实救助' then 1 end) as helped,
        count(case when warnings.result = '已在监测' then 1 end) as already_monitored,
        count(case when warnings.result = '无风险' then 1 end) as no_risk,
        count(case when warnings.result = '查无此人' then 1 end) as not_found,
        count(case when warnings.verified_on is not null and warnings.result is null then 1 end) as result_unknown,
        count(case when warnings.state = 'overdue' then 1 end) as overdue,
        count(case when followed.is_approved then 1 end) as approved,
        count(case when followed.is_planned then 1 end) as planned,
        count(case when followed.is_plan_helped then 1 end) as plan_helped,
        count(duplicated.household_key) as duplicates
    from warnings
    left join {{ ref('int_warnings_followed') }} as followed
        on
            warnings.month = followed.month
            and warnings.household_key = followed.household_key
            and warnings.extract = followed.extract
    left join {{ ref('int_warnings_duplicated') }} as duplicated
        on
            warnings.month = duplicated.month
            and warnings.household_key = duplicated.household_key
            and warnings.extract = duplicated.extract
    group by warnings.month, warnings.extract, warnings.area_code
),

by_village as (
    select
        coalesce(rows_in.month, counted.month) as month,
        coalesce(rows_in.extract, counted.extract) as extract,
        coalesce(rows_in.area_code, counted.area_code) as area_code,
        coalesce(rows_in.rows_accepted, 0) as rows_accepted,
        coalesce(rows_in.rows_linked, 0) as rows_linked,
        {% for name in ['warnings', 'checked', 'admitted', 'helped', 'already_monitored', 'no_risk', 'not_found',
            'result_unknown', 'overdue', 'approved', 'planned', 'plan_helped'] %}
        coalesce(counted.{{ name }}, 0) as {{ name }},
        {% endfor %}
        coalesce(counted.duplicates, 0) as duplicates
    from rows_in
    full outer join counted
        on
            rows_in.month = counted.month
            and rows_in.extract = counted.extract
            and rows_in.area_code = counted.area_code
),

summed as (
    select
        month,
        scope_code,
        extract,
        {% for name in ['rows_accepted', 'rows_linked', 'warnings', 'checked', 'admitted', 'helped', 'already_monitored',
            'no_risk', 'not_found', 'result_unknown', 'overdue', 'approved', 'planned', 'plan_helped'] %}
        sum({{ name }}) as {{ name }},
        {% endfor %}
        sum(duplicates) as duplicates
    from ({{ with_profile_rows('by_village') }}) as scoped
    group by month, scope_code, extract
)

select
    cast(summed.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(summed.extract as string) as extract,
    cast(extracts.owner as string) as owner,
    {% for name in ['rows_accepted', 'rows_linked', 'warnings', 'checked', 'admitted', 'helped', 'already_monitored',
        'no_risk', 'not_found', 'result_unknown', 'overdue', 'approved', 'planned', 'plan_helped'] %}
    cast(summed.{{ name }} as bigint) as {{ name }},
    {% endfor %}
    cast(summed.duplicates as bigint) as duplicates
from summed
inner join scopes on summed.scope_code = scopes.area_code
inner join {{ source('landed', 'extracts') }} as extracts on summed.extract = extracts.extract
order by month, scope, area_code, extract
