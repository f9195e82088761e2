-- What does the whole report for a month and the one before? One row per month.
select
    figures.month,
    figures.households,
    figures.members,
    figures.lifted,
    figures.lifted_people,
    figures.ever_monitored,
    figures.ever_monitored_people,
    figures.monitored,
    figures.monitored_people,
    figures.gradual_exit,
    figures.new_warnings,
    assistance.payments,
    assistance.amount,
    issues.found,
    issues.rectified,
    issues.open_at_end,
    issues.overdue_at_end,
    issues.failed_at_end
from agg_area_month as figures
left join agg_temporary_assistance_month as assistance
    on figures.month = assistance.month and assistance.scope = 'profile'
left join agg_area_issue_month as issues on figures.month = issues.month and issues.scope = 'profile'
where figures.scope = 'profile' and figures.month in ($month, $before)
order by figures.month
