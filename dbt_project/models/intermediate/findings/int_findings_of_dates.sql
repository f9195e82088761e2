-- Person logic and steps (03-rules "Findings", "Time limits"): days that cannot be. A day is in the future if it is after
-- the day on which its list came.
{% set dated = [
    ('civil_affairs', 'dibao_recipients', ['admitted_on', 'checked_on'], true),
    ('civil_affairs', 'tekun_recipients', ['admitted_on', 'checked_on', 'care_agreement_on', 'last_visit_on'], true),
    ('civil_affairs', 'dibao_edge_members', ['admitted_on', 'checked_on'], true),
    ('civil_affairs', 'rigid_expense_members', ['admitted_on', 'checked_on'], true),
    ('disabled_federation', 'disabled_persons', ['certified_on'], false),
    ('civil_affairs', 'children_in_need', ['admitted_on'], false),
    ('civil_affairs', 'left_behind_elderly', ['last_visit_on'], false),
] %}
{% for list in var('warning_lists') %}{% do dated.append((list.owner, list.extract, [list.day], false)) %}{% endfor %}
{% set steps = [
    ('discovered_on', 'verified_on'), ('verified_on', 'reviewed_on'), ('publicity_from', 'publicity_to'),
    ('discovered_on', 'approved_on'), ('approved_on', 'plan_on'), ('exit_publicity_from', 'exit_publicity_to'),
    ('approved_on', 'eliminated_on'),
] %}
{% set ledger_days = [
    'discovered_on', 'verified_on', 'reviewed_on', 'publicity_from', 'approved_on', 'plan_on', 'eliminated_on'
] %}
with dated_rows as (
    {% for owner, extract, days, has_exit in dated %}
    select
        '{{ extract }}' as extract,
        load_id,
        row_no,
        list_month,
        received_on,
        id_birth_on as birth_on,
        {{ 'admitted_on' if has_exit else 'cast(null as date)' }} as admitted_on,
        {{ 'exited_on' if has_exit else 'cast(null as date)' }} as exited_on,
        case
            {% for day in days %}
            when {{ day }} > received_on then {{ day }}
            {% endfor %}
        end as future_on
    from {{ ref('stg_' ~ owner ~ '__' ~ extract) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- The few rows that break a rule are linked and laid out by month; of the many others nothing more is asked.
people as (
    select
        in_force.month,
        dated_rows.*,
        linked.person_key
    from dated_rows
    inner join {{ ref('int_rows_linked') }} as linked
        on
            dated_rows.extract = linked.extract
            and dated_rows.load_id = linked.load_id
            and dated_rows.row_no = linked.row_no
    inner join {{ ref('int_list_months_in_force') }} as in_force
        on
            dated_rows.extract = in_force.extract
            and dated_rows.list_month = in_force.list_month
    where
        linked.person_key is not null
        and (
            dated_rows.admitted_on < dated_rows.birth_on
            or dated_rows.exited_on < dated_rows.admitted_on
            or dated_rows.future_on is not null
        )
),

spells as (
    select
        *,
        case
            {% for day in ledger_days %}
            when {{ day }} > received_on then {{ day }}
            {% endfor %}
        end as future_on,
        case
            {% for earlier, later in steps %}
            when {{ later }} < {{ earlier }} then '{{ later }}'
            {% endfor %}
        end as step_before,
        case
            {% for earlier, later in steps %}
            when {{ later }} < {{ earlier }} then '{{ earlier }}'
            {% endfor %}
        end as step_after
    from {{ ref('int_monitored_spells_by_month') }}
)

{% set own = {'extract': 'extract', 'household': 'cast(null as string)', 'person': 'person_key', 'first': 'extract'} %}
{{ finding('admitted_before_birth', 'people', 'admitted_on < birth_on', **own) }}
union all
{{ finding('exit_before_admission', 'people', 'exited_on < admitted_on', **own) }}
union all
{{ finding('date_in_future', 'people', 'future_on is not null', second='future_on', **own) }}
union all
{{ finding(
    'ledger_date_in_future', 'spells', 'future_on is not null', extract="'monitored_households'", first='future_on'
) }}
union all
{{ finding(
    'impossible_step_order', 'spells', 'step_before is not null',
    extract="'monitored_households'", first='step_before', second='step_after'
) }}
