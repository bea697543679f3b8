export default {
  saved: 'Saved {{time}}',
  saving: 'Saving…',
  offline: 'The server cannot be reached: kept on this computer, sent when it is back',
  failed: 'Not saved on the server; kept on this computer',
  conflict: 'This draft was changed elsewhere',
  conflict_title: 'This draft was changed elsewhere',
  conflict_what: 'Another computer or window saved something different at {{time}}. Which one shall stay?',
  keep_mine: 'Keep what I have here',
  take_theirs: 'Take the one of {{time}}',
  mine: 'What I have here',
  theirs: 'Saved at {{time}}',
  differs: 'What differs',
};
