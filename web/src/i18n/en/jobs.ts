export default {
  title: 'Failed work', what: 'Work that failed eight times in a row and waits for a person. Mend the cause, then run it again.', none: 'Nothing has failed for good.', again: 'Run again', again_done: 'It runs again.', tried: 'tried {{n}} times',
  kind: { notify_mail: 'Mail to a person', consult_escalate: 'Clock of a case', imaging_settle: 'Filing of images' },
};
