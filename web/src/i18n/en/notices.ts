export default {
  title: 'Notices', bell: 'Notices', bell_unread: 'Notices, {{n}} unread', unread: '(unread)', none: 'Nothing to tell you yet. When a case waits for you, it says so here.',
  ways: 'How you are told', sound_on: 'Sound on', sound_muted: 'Sound off', sound_silent: 'Sound on after your next click', desktop_ask: 'Show on the desktop too', desktop_on: 'Also shown on the desktop.',
  mail: 'Mail address', mail_what: 'A mail says only that something waits, when you have not read it here.', mail_saved: 'Saved.',
  calls: 'Emergency calls', call: 'An emergency calls you: {{specialty}}', call_since: 'for {{time}}', call_others: 'others called: {{n}}', call_take: 'I take it', call_not_me: 'I cannot',
};
