export default {
  resubmit: 'Complete and resubmit', sign: 'Sign the opinion', amend: 'Amend the opinion', consent: 'Add the consent', supply: 'Answer what was asked', answer: 'Answer the opinion', accept: 'Accept', room: 'Enter the room', assign: 'Assign experts', 'first-look': 'Take it up', start: 'Start', resume: 'Resume',
  conclude: 'End the discussion', 'follow-up': 'Record follow-up', close: 'Close the case', ask: 'Ask for more', return: 'Return', suspend: 'Suspend', 'hand-back': 'Hand back', convert: 'Change to writing',
  escalate: 'Escalate', transfer: 'Transfer', 'no-show': 'Record no-show', decline: 'Decline', cancel: 'Cancel request',
};
