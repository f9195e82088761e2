-- One row per household, warning list and list month: what was pushed, about how many people, and what the check said.
with warnings as (
    select
        household_key,
        extract,
        owner,
        cause,
        list_month,
        list_month_index,
        count(*) as warning_rows,
        count(distinct person_key) as people,
        min(person_key) as person_key,
        min(happened_on) as happened_on,
        min(received_on) as received_on,
        min(load_id) as load_id,
        min(row_no) as row_no
    from {{ ref('int_warning_rows') }}
    where household_key is not null
    group by household_key, extract, owner, cause, list_month, list_month_index
)

select
    warnings.*,
    checks.pushed_on,
    checks.verified_on,
    checks.result,
    checks.cleared_on
from warnings
left join {{ ref('int_warning_checks_linked') }} as checks
    on
        warnings.household_key = checks.household_key
        and warnings.extract = checks.extract
        and warnings.list_month = checks.warning_month
