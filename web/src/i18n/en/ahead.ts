// What happens next by itself, after its time.
export default {
  what: {
    ring: 'all experts of the specialty are called', 'first-look': 'the dispatchers and the asking doctor are told that nobody has looked', accept: 'the dispatchers are told that no expert has accepted',
    remind: 'the experts and the asking doctor are reminded: the room opens', call_expert: 'the expert is called into the room', call_asking: 'the asking doctor is called into the room', standby: 'another expert is asked to stand by',
    dispatcher_expert: 'the dispatchers are told that the expert is late', dispatcher_asking: 'the dispatchers are told that the asking side is late',
    swap: 'the standby takes over', absent: 'it becomes a no-show of the asking side', 'expert-in-room': 'the dispatchers are told that no expert is in the room', line: 'everybody is told that the line is still lost; the room is kept',
    opinion: 'the expert and the dispatchers are told that the opinion is late', acknowledge: 'the asking doctor is reminded to answer', administrator: 'the hospital administrator is told',
  },
  short: {
    ring: 'experts called', 'first-look': 'desk told', accept: 'desk told', remind: 'reminded', call: 'called in', standby: 'standby asked', dispatcher: 'desk told', swap: 'standby takes over', absent: 'no-show', 'expert-in-room': 'desk told',
    line: 'all told', opinion: 'expert reminded', acknowledge: 'reminded', administrator: 'admin told',
  },
};
