export default {
  notices: 'For the public', n: '{{n}} of at most {{most}}', open: 'Open the public page', add: 'Publish', change: 'Change what is published', change_it: 'Change', change_one: 'Change “{{title}}”', publish: 'Publish',
  for_all: 'Everybody sees it, without signing in. Write nothing about a person; telephone numbers can be called by a touch.',
  kind: 'What it is', kinds: { contact: 'Whom to call', prevention: 'How to protect oneself' }, in: { zh: 'Chinese', en: 'English' }, title: 'Title', text: 'Text',
  none: 'Nothing is published yet.', none_write: 'Nothing is published yet. What people need most: whom to call, how to protect themselves.',
  withdraw: 'Withdraw', withdraw_one: 'Withdraw “{{title}}”', withdraw_sure: 'Take it off the public page?', withdrawn: '“{{title}}” is withdrawn',
};
