-- Person logic (03-rules "Findings"): ages in public posts, pupils entered as workers. Without an age or a parameter
-- nothing is said.
with people as (
    select
        people.month,
        people.person_key,
        people.load_id,
        people.row_no,
        people.age,
        people.employment_status,
        {{ school_stage('people.schooling') }} as school_stage,
        parameters.public_post_age_min,
        parameters.public_post_age_max
    from {{ ref('int_household_members_by_month') }} as people
    inner join {{ ref('int_parameters_by_month') }} as parameters on people.month = parameters.month
    where
        people.is_member
        and people.is_home
        and people.employment_status in ('公益岗位', '务工')
)

{% set roster = {'extract': "'household_roster'", 'household': 'cast(null as string)', 'person': 'person_key'} %}
{{ finding(
    'public_post_under_age', 'people', "employment_status = '公益岗位' and age < public_post_age_min",
    limit_value='public_post_age_min', **roster
) }}
union all
{{ finding(
    'public_post_over_age', 'people', "employment_status = '公益岗位' and age > public_post_age_max",
    limit_value='public_post_age_max', **roster
) }}
union all
{{ finding('pupil_worker', 'people', 'school_stage is not null', first='school_stage', second='employment_status', **roster) }}
