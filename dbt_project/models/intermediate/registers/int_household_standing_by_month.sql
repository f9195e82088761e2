-- Monitored, lifted, applied and refused, left dibao: what the ledgers say of a household up to the month.
-- Only households with something to say have a row.
with linked as (
    select * from {{ ref('int_rows_linked') }}
    where household_key is not null
),

parameters as (
    select
        *,
        -- DB 五(一) names no length for those who left dibao: without one it is that of refused applications.
        coalesce(left_dibao_window_months, rejected_window_months) as left_dibao_months
    from {{ ref('int_parameters_by_month') }}
),

monitored_rows as (
    select
        linked.household_key,
        linked.part_code,
        ledger.*
    from {{ ref('stg_rural_revitalisation__monitored_households') }} as ledger
    inner join linked
        on
            linked.extract = 'monitored_households'
            and ledger.load_id = linked.load_id
            and ledger.row_no = linked.row_no
),

-- BX-2: found, and not eliminated by the last day; of several spells the newest gives the type.
monitored as (
    select
        lists.month,
        monitored_rows.household_key,
        case monitored_rows.monitored_type
            when '脱贫不稳定户' then 'unstable_lifted'
            when '边缘易致贫户' then 'edge_poor'
            when '突发严重困难户' then 'sudden_hardship'
        end as monitored_type
    from {{ ref('int_loads_in_force') }} as lists
    inner join monitored_rows
        on
            lists.load_id = monitored_rows.load_id
            and {{ is_part_in_force('lists', 'monitored_rows') }}
    where
        monitored_rows.discovered_on <= lists.month_end
        and (monitored_rows.eliminated_on is null or monitored_rows.eliminated_on > lists.month_end)
    qualify row_number() over (
        partition by lists.month, monitored_rows.household_key
        order by
            monitored_rows.discovered_on desc, monitored_rows.received_on desc,
            monitored_rows.load_id desc, monitored_rows.row_no desc
    ) = 1
),

ever_monitored as (
    select
        parameters.month,
        monitored_rows.household_key
    from parameters
    inner join monitored_rows
        on
            monitored_rows.list_month <= parameters.month
            and monitored_rows.discovered_on <= parameters.month_end
    group by parameters.month, monitored_rows.household_key
),

lifted as (
    select
        lists.month,
        linked.household_key
    from {{ ref('int_loads_in_force') }} as lists
    inner join linked
        on
            lists.load_id = linked.load_id
            and {{ is_part_in_force('lists', 'linked') }}
    where linked.extract = 'lifted_households'
    group by lists.month, linked.household_key
),

-- DB-3: refused up to the last day and in the window; the day of the decision, or of the check, counts.
refused_rows as (
    select
        linked.household_key,
        linked.part_code,
        ledger.load_id,
        coalesce(ledger.decided_on, ledger.checked_on, ledger.applied_on) as refused_on,
        {{ month_index('coalesce(ledger.decided_on, ledger.checked_on, ledger.applied_on)') }} as refused_index
    from {{ ref('stg_civil_affairs__applications') }} as ledger
    inner join linked
        on
            linked.extract = 'applications'
            and ledger.load_id = linked.load_id
            and ledger.row_no = linked.row_no
    where ledger.result = '不通过'
),

refused as (
    select
        lists.month,
        refused_rows.household_key,
        -- Unknown where the place sets no window.
        bool_or(parameters.month_index - refused_rows.refused_index < parameters.rejected_window_months) as is_refused
    from {{ ref('int_loads_in_force') }} as lists
    inner join parameters on lists.month = parameters.month
    inner join refused_rows
        on
            lists.load_id = refused_rows.load_id
            and {{ is_part_in_force('lists', 'refused_rows') }}
    where
        refused_rows.refused_on <= lists.month_end
        and coalesce(
            parameters.month_index - refused_rows.refused_index < parameters.rejected_window_months, true
        )
    group by lists.month, refused_rows.household_key
),

left_dibao_rows as (
    select distinct
        household_key,
        list_month,
        exited_on,
        {{ month_index('exited_on') }} as exited_index
    from {{ ref('int_register_entries') }}
    where
        register = 'dibao'
        and exited_on is not null
        and household_key is not null
),

left_dibao as (
    select
        parameters.month,
        left_dibao_rows.household_key,
        bool_or(parameters.month_index - left_dibao_rows.exited_index < parameters.left_dibao_months) as has_left_dibao
    from parameters
    inner join left_dibao_rows
        on
            left_dibao_rows.list_month <= parameters.month
            and left_dibao_rows.exited_on <= parameters.month_end
            and coalesce(parameters.month_index - left_dibao_rows.exited_index < parameters.left_dibao_months, true)
    group by parameters.month, left_dibao_rows.household_key
),

said as (
    select month, household_key, 'monitored' as said, monitored_type, cast(null as boolean) as holds from monitored
    union all
    select month, household_key, 'ever_monitored' as said, cast(null as string) as monitored_type, null as holds
    from ever_monitored
    union all
    select month, household_key, 'lifted' as said, cast(null as string) as monitored_type, null as holds from lifted
    union all
    select month, household_key, 'refused' as said, cast(null as string) as monitored_type, is_refused as holds from refused
    union all
    select month, household_key, 'left_dibao' as said, cast(null as string) as monitored_type, has_left_dibao as holds
    from left_dibao
)

select
    month,
    household_key,
    bool_or(said = 'monitored') as is_monitored,
    bool_or(said = 'ever_monitored') as is_ever_monitored,
    bool_or(said = 'lifted') as is_lifted,
    case when bool_or(said = 'refused') then bool_or(case when said = 'refused' then holds end) else false end
        as is_refused,
    case when bool_or(said = 'left_dibao') then bool_or(case when said = 'left_dibao' then holds end) else false end
        as has_left_dibao,
    max(monitored_type) as monitored_type_registered
from said
group by month, household_key
