-- People with a disability certificate in each month, by the newest list; of several certificates the most severe counts.
select
    lists.month,
    linked.person_key,
    certificates.disability_grade,
    certificates.disability_kind,
    certificates.living_subsidy,
    certificates.nursing_subsidy
from {{ ref('int_loads_in_force') }} as lists
inner join {{ ref('stg_disabled_federation__disabled_persons') }} as certificates
    on lists.load_id = certificates.load_id
inner join {{ ref('int_rows_linked') }} as linked
    on
        linked.extract = 'disabled_persons'
        and certificates.load_id = linked.load_id
        and certificates.row_no = linked.row_no
        and {{ is_part_in_force('lists', 'linked') }}
where
    linked.person_key is not null
qualify row_number() over (
    partition by lists.month, linked.person_key
    order by
        certificates.disability_grade asc, certificates.received_on desc, certificates.load_id desc, certificates.row_no desc
) = 1
