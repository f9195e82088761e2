-- What points to exactly one person on the rosters: an ID, the start of an ID with the name, name and village (and birth).
with people as (
    select distinct
        person_key,
        id_key,
        id_prefix_key,
        name,
        area_code,
        id_birth_on
    from {{ ref('int_roster_rows_identified') }}
),

clues as (
    select distinct
        'id' as clue_kind,
        id_key as clue,
        person_key
    from people
    where id_key is not null
    union all
    select distinct
        'lossy_name' as clue_kind,
        id_prefix_key || '|' || name as clue,
        person_key
    from people
    where id_prefix_key is not null
    union all
    select distinct
        'name_village_birth' as clue_kind,
        name || '|' || area_code || '|' || cast(id_birth_on as string) as clue,
        person_key
    from people
    where id_birth_on is not null
    union all
    select distinct
        'name_village' as clue_kind,
        name || '|' || area_code as clue,
        person_key
    from people
)

select
    clues.clue_kind,
    clues.clue,
    min(clues.person_key) as person_key,
    max(persons.birth_on) as birth_on,
    bool_or(persons.id_key is not null) as has_id
from clues
inner join {{ ref('int_persons') }} as persons on clues.person_key = persons.person_key
group by clues.clue_kind, clues.clue
having count(*) = 1
