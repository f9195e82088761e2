-- The lists that are not there for a month, or not from every town, and the newest month each was last there for.
select
    push.extract,
    extract.title,
    extract.title_en,
    push.owner,
    push.state,
    push.due_on,
    push.kind,
    push.towns_missing,
    max(earlier.month) as last_month
from fct_push as push
inner join dim_extract as extract on push.extract = extract.extract
left join fct_push as earlier
    on push.extract = earlier.extract and push.month > earlier.month and earlier.received_on is not null
where push.month = $month::date and (push.received_on is null or push.towns_missing is not null)
group by all
order by push.due_on, push.extract
