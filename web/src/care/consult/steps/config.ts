// The steps a person may take with a case, as a list: how each asks, how it looks, and in which order. What is possible now
// is the server's word (`steps` of the case); this only says how to offer it.
export type Ask = 'nothing' | 'sure' | 'reason' | 'items' | 'assign' | 'supply' | 'consent' | 'answer' | 'follow-up' | 'no-show' | 'transfer' | 'resubmit' | 'room' | 'sign';

/** `leads`: it moves the case on, and may stand as the one button to press. */
export interface StepConfig { step: string; ask: Ask; leads?: boolean; danger?: boolean }

/** The first allowed one of this order is the primary action. */
export const STEPS: readonly StepConfig[] = [
  { step: 'resubmit', ask: 'resubmit', leads: true },
  { step: 'supply', ask: 'supply', leads: true },
  { step: 'answer', ask: 'answer', leads: true },
  { step: 'accept', ask: 'nothing', leads: true },
  { step: 'room', ask: 'room', leads: true },
  { step: 'sign', ask: 'sign', leads: true },
  { step: 'assign', ask: 'assign', leads: true },
  { step: 'first-look', ask: 'nothing', leads: true },
  { step: 'start', ask: 'nothing', leads: true },
  { step: 'resume', ask: 'nothing', leads: true },
  { step: 'conclude', ask: 'sure', leads: true },
  { step: 'follow-up', ask: 'follow-up', leads: true },
  { step: 'close', ask: 'sure', leads: true },
  { step: 'consent', ask: 'consent' },
  { step: 'ask', ask: 'items' },
  { step: 'return', ask: 'items' },
  { step: 'suspend', ask: 'reason' },
  { step: 'hand-back', ask: 'reason' },
  { step: 'convert', ask: 'reason' },
  { step: 'escalate', ask: 'reason' },
  { step: 'transfer', ask: 'transfer' },
  { step: 'no-show', ask: 'no-show' },
  { step: 'decline', ask: 'reason', danger: true },
  { step: 'cancel', ask: 'reason', danger: true },
];

export const configOf = (step: string): StepConfig | undefined => STEPS.find((config) => config.step === step);
