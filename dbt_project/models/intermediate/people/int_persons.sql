-- Every person who was ever on a roster, as the newest roster shows the person.
select
    person_key,
    id_key,
    id_prefix_key,
    id_kind,
    id_masked,
    name,
    id_birth_on as birth_on,
    coalesce(id_sex, sex) as sex,
    household_key,
    household_no,
    area_code,
    relation,
    hukou_status,
    resident,
    is_member,
    labour_capacity,
    employment_status,
    schooling,
    list_month as newest_roster_month,
    load_id,
    row_no
from {{ ref('int_roster_rows_identified') }}
qualify row_number() over (
    partition by person_key
    order by list_month desc, is_home desc, received_on desc, load_id desc, row_no desc
) = 1
