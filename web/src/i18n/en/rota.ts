export default {
  title: 'On call and leave', week: 'Week', earlier: 'The week before', later: 'The week after', this_week: 'This week', specialty: 'Specialty', expert: 'Expert', rank: 'Called as no.', from: 'From', to: 'To', why: 'Reason', needed: 'Needed',
  add_duty: 'Put on call', add_leave: 'Enter leave', remove: 'Take out', copy: 'Copy to next week', copying: 'Copying {{n}} of {{of}}', copy_ask: 'Copy the {{n}} duties of this week to the next?', copied: '{{n}} duties copied to next week', copy_refused: '{{n}} duties could not be copied. {{why}}',
  added: { duties: 'Put on call', leaves: 'Leave entered' }, removed: { duties: 'Duty taken out', leaves: 'Leave taken out' },
  none: 'Nobody is on call this week. An emergency then calls every expert of its specialty.', holes: 'Nobody is on call here; an emergency then calls every expert of the specialty', nobody: '{{from}}–{{to}} nobody', alone: 'at times without a second', and_more: ', and {{n}} more',
  duty: '{{name}}, no. {{rank}}, {{from}} to {{to}}', away: 'On leave', nobody_away: 'Nobody is on leave this week.',
  holiday: 'off', holiday_what: 'Public holiday: nobody keeps weekly hours', workday: 'worked', workday_what: 'Worked by Monday’s hours',
  hours: 'Working hours and daily limits', hours_of: 'Working hours of {{name}}', hours_what: 'By the clock where the centre is.', hours_there: 'By the clock where they work: {{zone}}, {{offset}}.', hours_free: 'Without a shift nobody is turned away for the hour; without a limit, not for the number.', no_hours: 'No hours are said', limit_is: 'at most {{n}} a day', change: 'Change', shift: 'Shift {{n}}', add_shift: 'Another shift', remove_shift: 'Take out shift {{n}}', days: 'Days', over_midnight: 'Before “from”: the next day', limit: 'Consultations a day, at most', no_limit: 'no limit', hours_kept: 'Working hours of {{name}} kept', shift_sep: '; ', day_to: '{{from}}–{{to}}',
  day: { mon: 'Mon', tue: 'Tue', wed: 'Wed', thu: 'Thu', fri: 'Fri', sat: 'Sat', sun: 'Sun' },
  reason: { vacation: 'Annual leave', holiday: 'Holiday', sick: 'Ill', training: 'Training', travel: 'Travel', family: 'Family', other: 'Other' },
};
