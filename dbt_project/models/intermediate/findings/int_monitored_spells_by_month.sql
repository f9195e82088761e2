-- What the monitoring ledger in force says of each household in a month: its active spell, else its newest, with the
-- facts of the household that findings hold against it. `ledger_end` is the last day the ledger can know of.
with spells as (
    select
        lists.month,
        lists.month_end,
        linked.household_key,
        ledger.*,
        last_day(ledger.list_month) as ledger_end,
        ledger.discovered_on <= lists.month_end and (ledger.eliminated_on is null or ledger.eliminated_on > lists.month_end)
            as is_active
    from {{ ref('int_loads_in_force') }} as lists
    inner join {{ ref('stg_rural_revitalisation__monitored_households') }} as ledger on lists.load_id = ledger.load_id
    inner join {{ ref('int_rows_linked') }} as linked
        on
            linked.extract = 'monitored_households'
            and ledger.load_id = linked.load_id
            and ledger.row_no = linked.row_no
            and {{ is_part_in_force('lists', 'linked') }}
    where
        linked.household_key is not null
    qualify row_number() over (
        partition by lists.month, linked.household_key
        order by
            is_active desc nulls last, ledger.discovered_on desc nulls last, ledger.received_on desc, ledger.load_id desc,
            ledger.row_no desc
    ) = 1
)

select
    spells.month,
    spells.month_end,
    spells.household_key,
    spells.is_active,
    coalesce(spells.eliminated_on <= spells.month_end, false) as is_eliminated,
    spells.monitored_type,
    spells.risk_cause as causes,
    spells.contact_name is not null as has_contact,
    spells.discovered_on,
    spells.verified_on,
    spells.reviewed_on,
    spells.publicity_from,
    spells.publicity_to,
    spells.approved_on,
    spells.plan_on,
    spells.exit_publicity_from,
    spells.exit_publicity_to,
    spells.eliminated_on,
    spells.ledger_end,
    spells.received_on,
    spells.load_id,
    spells.row_no
from spells
inner join {{ ref('int_households_by_month') }} as households
    on
        spells.month = households.month
        and spells.household_key = households.household_key
