export default {
  title: 'Failed work', what: 'Work that failed again and again for three hours and waits for a person. Mend the cause, then run it again.', none: 'Nothing has failed for good.', again: 'Run again', again_done: 'It runs again.', tried: 'tried {{n}} times',
  kind: { notify_mail: 'Mail to a person', consult_escalate: 'Clock of a case', imaging_settle: 'Filing of images' },
};
