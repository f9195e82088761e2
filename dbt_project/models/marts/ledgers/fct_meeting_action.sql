with

ledger as (
    select *
    from {{ ref('stg_rural_revitalisation__meeting_actions') }}
    where list_month = (select max(list_month) from {{ ref('stg_rural_revitalisation__meeting_actions') }})
    -- The same action of the same meeting, written twice: the newest row counts.
    qualify row_number() over (
        partition by kind, met_on, action, responsible_unit order by received_on desc, load_id desc, row_no desc
    ) = 1
),

units as (select * from {{ ref('int_units_matched') }}),
limits as (select * from {{ ref('int_limits_dated') }} where parameter = 'carried_meetings'),
today as (select as_of from {{ source('landed', 'build_info') }}),

-- Meetings as the ledger knows them: those that decided something.
meetings as (
    select
        met.kind,
        met.met_on,
        count(later.met_on) as later_meetings
    from (select distinct kind, met_on from ledger) as met
    cross join today
    left join (select distinct kind, met_on from ledger) as later
        on met.kind = later.kind and met.met_on < later.met_on and later.met_on <= today.as_of
    group by met.kind, met.met_on
)

select
    cast(
        {{ text_hash(
            "ledger.kind || '|' || cast(ledger.met_on as string) || '|' || ledger.action || '|' || ledger.responsible_unit"
        ) }} as string
    ) as action_key,
    cast(ledger.met_on as date) as met_on,
    cast(ledger.kind as string) as kind,
    cast(ledger.action as string) as action,
    cast(ledger.responsible_unit as string) as responsible_unit,
    cast(units.department_code as string) as department_code,
    cast(ledger.due_on as date) as due_on,
    cast(ledger.done_on as date) as done_on,
    cast({{ due_state('ledger.done_on', 'ledger.due_on', 'today.as_of') }} as string) as state,
    cast(
        case
            when coalesce(ledger.done_on, today.as_of) > ledger.due_on
                then {{ days_between('ledger.due_on', 'coalesce(ledger.done_on, today.as_of)') }}
        end as bigint
    ) as days_late,
    cast(meetings.later_meetings as bigint) as later_meetings,
    cast(
        case
            when ledger.done_on is not null then false
            else meetings.later_meetings >= limits.limit_value
        end as boolean
    ) as is_carried,
    cast(ledger.list_month as date) as list_month
from ledger
inner join meetings on ledger.kind = meetings.kind and ledger.met_on = meetings.met_on
left join units on ledger.responsible_unit = units.unit
cross join today
left join limits on today.as_of >= limits.valid_from and today.as_of < limits.valid_before
order by met_on, kind, due_on, action_key
