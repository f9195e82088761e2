-- Which kinds of measures the ledger of measures in force holds for each monitored household in a month: ever, and since
-- the household was found (an older measure does not answer a new risk). A ledger never received: no row, and unknown.
with measures as (
    select
        lists.month,
        linked.household_key,
        ledger.category,
        ledger.content,
        coalesce(ledger.done_on, ledger.due_on) as held_on,
        ledger.load_id,
        ledger.row_no
    from {{ ref('int_loads_in_force') }} as lists
    inner join {{ ref('stg_town__assistance_measures') }} as ledger on lists.load_id = ledger.load_id
    inner join {{ ref('int_rows_linked') }} as linked
        on
            linked.extract = 'assistance_measures'
            and ledger.load_id = linked.load_id
            and ledger.row_no = linked.row_no
            and {{ is_part_in_force('lists', 'linked') }}
)

select
    spells.month,
    spells.household_key,
    last_day(max(lists.list_month)) as ledger_end,
    count(measures.category) as measures_ever,
    count(case when measures.held_on >= spells.discovered_on then 1 end) as measures,
    {% for name, categories in {
        'work': "'产业', '就业'", 'employment': "'就业'", 'medical_or_social': "'医疗', '社会帮扶'", 'education': "'教育'",
        'support': "'兜底保障', '医疗', '社会帮扶'", 'basic_support': "'兜底保障'", 'housing': "'住房'", 'water': "'饮水'",
    }.items() %}
    count(case when measures.held_on >= spells.discovered_on and measures.category in ({{ categories }}) then 1 end)
        as {{ name }}_measures,
    {% endfor %}
    count(
        case
            when measures.held_on >= spells.discovered_on and measures.category = '兜底保障' and measures.content like '%低保%'
                then 1
        end
    ) as dibao_measures
from {{ ref('int_monitored_spells_by_month') }} as spells
inner join {{ ref('int_lists_by_month') }} as lists
    on
        spells.month = lists.month
        and lists.extract = 'assistance_measures'
        and lists.is_received
left join measures
    on
        spells.month = measures.month
        and spells.household_key = measures.household_key
group by spells.month, spells.household_key
