-- Which lists does a metric count in a period, and how many of their rows? One row per list and month of the part asked for.
with pushes as (
    select
        pushes.*,
        case when $metric = 'push_on_time' then date_trunc('month', due_on)::date else month end as counted_month
    from fct_push as pushes
),

counted as (
    select
        extract as subject,
        due_on as noted_on,
        counted_month as month,
        case $metric
            when 'push_on_time' then (state = 'on_time')::bigint
            when 'push_quality' then rows_accepted - coalesce(rows_linkable - rows_linked, 0)
            when 'link_rate' then rows_linked
        end as numerator,
        case $metric
            when 'push_on_time' then (state in ('on_time', 'late', 'part', 'missing'))::bigint
            when 'push_quality' then rows_read
            when 'link_rate' then rows_linkable
        end as denominator
    from pushes
    where counted_month between $from_month and $to_month
        and (
            $scope = 'profile' or ($scope = 'department' and owner = $scope_code)
            or ($scope = 'list' and extract = $scope_code)
        )
)

select
    month,
    null::varchar as area_code,
    null::varchar as area_name,
    null::varchar as household_key,
    null::varchar as household_no,
    null::varchar as head_name,
    subject,
    'list' as subject_kind,
    noted_on,
    0::bigint as findings,
    numerator,
    denominator,
    0::bigint as unknown
from counted
where case $part
    when 'numerator' then numerator > 0
    when 'rest' then denominator > numerator
    when 'all' then denominator > 0
    else false
end
order by month, subject
limit $most
