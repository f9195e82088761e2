-- When were meetings of each kind held, as far as the ledger of actions tells, up to the end of a period? One row per
-- kind and day.
select distinct
    fct_meeting_action.kind,
    fct_meeting_action.met_on
from fct_meeting_action
cross join meta_snapshot
where fct_meeting_action.met_on <= least(meta_snapshot.as_of, cast($end as date))
order by fct_meeting_action.kind, fct_meeting_action.met_on
