{#
What must hold of every row of a model, in one test (a test each costs more than the check): its key is whole and
unique, and each rule is true. A rule that is null passes: say `is not null` where null is wrong.
Fails with one row per broken rule: its name and how many rows break it.
#}
{% test keeps_rules(model, key, rules={}) %}
with

keys as (
    select count(*) as repeats
    from {{ model }}
    group by {{ key | join(', ') }}
    having count(*) > 1
),

broken as (
    select
        'the key is unique' as broken_rule,
        count(*) as broken_rows
    from keys
    union all
    select
        'the key is whole' as broken_rule,
        count(*) as broken_rows
    from {{ model }}
    where {% for column in key %}{{ column }} is null{{ ' or ' if not loop.last }}{% endfor %}
    {% for name, rule in rules.items() %}
    union all
    select
        '{{ name }}' as broken_rule,
        count(*) as broken_rows
    from {{ model }}
    where not ({{ rule }})
    {% endfor %}
)

select * from broken
where broken_rows > 0
{% endtest %}
