export default {
  title: 'Access to records', nothing: 'There is nothing for your role here.', tab: { need: 'In need', looks: 'Who looked', reviews: 'Opened in need' },
  need_title: 'Open a record in need', need_what: 'For a patient before you who is not yours. It is open for one hour, both hospitals are told at once, and the patient’s hospital reviews it. Patients cannot be browsed here: you need the number.',
  by: 'Find by', number: { resident: 'Resident id', passport: 'Passport', case: 'Case number' }, which_hospital: 'Which hospital asked?', reason: 'Reason', reason_hint: 'Why now, in at least {{n}} characters', code: 'Code of your second factor', break: 'Open for one hour',
  open_now: 'Open to you now', no_cases: 'This patient has no cases here.', ends_in: 'ends in {{span}}', ended: 'ended', banner: 'Opened in need: {{patient}}',
  outcome: 'Judgement', outcomes: { justified: 'In order', 'not-justified': 'Not in order' }, note: 'Note', note_needed: 'Say what was not in order', judge: 'Record the judgement', opened_whose: 'opened the record of {{patient}}, {{hospital}}',
  read_then: 'Then read:', read_nothing: 'Nothing was read.', no_reviews: 'Nobody has opened a record of your patients in need.',
  looks_what: 'Every look at patients of this hospital and those below, and every look by their people, refused ones included.', looks_mine: 'Who looked at a case of yours: type its number.', person: 'Person', day: 'Day', filter: 'Show', export: 'As a file (CSV)', no_such_case: 'You have no case of this number.', no_looks: 'No looks fit this.', archived: 'Looks before {{before}} were taken out into the archive {{file}}; ask the administrator of the site for it.', older: 'Older',
  col: { at: 'When', who: 'Who', what: 'What', whose: 'Patient and case' }, refused: 'refused', in_need: 'in need',
};
