export default {
  title: 'Beds', state: { free: 'Free', held: 'Held', taken: 'Taken' }, free_of: '{{n}} of {{all}} free', n_free: '{{n}} free', full: 'None free', awaited: 'on the way',
  none: 'This hospital has no wards and beds here yet.', none_what: 'The administrator adds them under “Manage”.', no_beds: 'No beds in this ward yet.', not_yours: 'Wards and the desk say which beds are taken.',
  step: { occupy: 'Somebody lies in it', free: 'It is free' }, what: { occupy: 'A patient is in this bed now. Nobody can hold it any more.', free: 'Nobody is in this bed now. It can be held for a referral.' }, done: { occupy: '{{bed}}: taken', free: '{{bed}}: free' },
  take_away: 'Take it all the same', is_held: 'This bed is held for a patient who is referred', is_held_what: 'Who refers is told at once, reads why, and has to find another bed.', reason: 'Why it has to be', presets: ['Emergency at the door', 'A patient in the house got worse', 'The bed is out of order'],
};
