export default {
  title: 'Notices', bell: 'Notices', bell_unread: 'Notices, {{n}} unread', unread: '(unread)', none: 'Nothing to tell you yet. When a case waits for you, it says so here.',
  ways: 'How you are told', sound_on: 'Sound on', sound_muted: 'Sound off', sound_silent: 'Sound on after your next click', desktop_ask: 'Show on the desktop too', desktop_on: 'Also shown on the desktop.',
  mail: 'Mail address', sms: 'Mobile number for short messages', mail_what: 'An emergency calls at once; anything else only when you have not read it here. It says that something waits and nothing more.', mail_saved: 'Saved.',
  calls: 'Emergency calls', call: 'An emergency calls you: {{specialty}}', call_since: 'for {{time}}', call_others: 'others called: {{n}}', call_take: 'I take it', call_not_me: 'I cannot',
};
