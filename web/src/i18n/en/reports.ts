export default {
  title: 'Service reports', window: 'Window', month: 'This month', last_month: 'Last month', quarter: 'This quarter', year: 'This year', by: 'Rows', show: 'Numbers', print: 'Print', total: 'Total', none: 'No consultation in this window', not_known: 'Not known', not_coded: 'Not coded',
  by_asking: 'Asking hospital', by_advising: 'Advising hospital', by_department: 'Specialty', by_expert: 'Expert', by_chapter: 'Disease, chapter', by_disease: 'Disease, category', by_month: 'Month', by_quarter: 'Quarter',
  group_volume: 'Volume', group_timers: 'Timers', group_answers: 'Answers', group_communication: 'Communication',
  cell: {
    all: 'Consultations', emergency: 'Emergency', urgent: 'Urgent', routine: 'Routine', live: 'By video', record: 'On the record', signed: 'Signed',
    'first-look-due': 'First look', 'first-look-kept': 'First look in time', 'expert-due': 'Expert', 'expert-kept': 'Expert in time', 'opinion-due': 'Opinion', 'opinion-kept': 'Opinion in time', 'acknowledge-due': 'Answer', 'acknowledge-kept': 'Answer in time',
    answered: 'Answered', adopted: 'Adopted', partly: 'In part', 'not-adopted': 'Not adopted', 'agreement-not-stated': 'Agreement not stated',
    exchanged: 'With exchanges', accurate: 'Accurate', 'followed-up': 'Followed up', solved: 'Problem solved',
  },
  each: 'Exchanges a case', median: 'Median answer', p90: '90 % answered in', minutes: '{{n}} min',
  open: '{{whose}}, {{cell}}: {{n}}', cases: '{{whose}} · {{cell}}', handed_in: 'Handed in', urgency: 'Urgency', signed: 'Signed',
  few: 'Exported files hide numbers from 1 to 4, and those that would give them away (*).',
  kept: 'Care kept in the county', county: 'County', visits: 'Visits', within: 'In the county', away: 'Elsewhere', kept_share: 'Share kept', no_visits: 'No visit is on record in this window', began: 'Began', seen_by: 'Seen by', visits_of: 'Visits of {{whose}}',
  left_out: 'Not counted: {{elsewhere}} of patients of no county, {{unsaid}} that do not say whose or where.',
};
