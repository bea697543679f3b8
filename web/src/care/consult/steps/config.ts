// The steps a person may take with a case, as a list: how each asks, how it looks, and in which order. What is possible now
// is the server's word (`steps` of the case); this only says how to offer it.
export type Ask = 'nothing' | 'sure' | 'reason' | 'items' | 'assign' | 'supply' | 'answer' | 'follow-up' | 'no-show' | 'transfer' | 'resubmit' | 'room' | 'sign';

export interface StepConfig { step: string; ask: Ask; danger?: boolean }

/** The first allowed one of this order is the primary action. */
export const STEPS: readonly StepConfig[] = [
  { step: 'resubmit', ask: 'resubmit' },
  { step: 'supply', ask: 'supply' },
  { step: 'answer', ask: 'answer' },
  { step: 'accept', ask: 'nothing' },
  { step: 'room', ask: 'room' },
  { step: 'sign', ask: 'sign' },
  { step: 'assign', ask: 'assign' },
  { step: 'first-look', ask: 'nothing' },
  { step: 'start', ask: 'nothing' },
  { step: 'resume', ask: 'nothing' },
  { step: 'conclude', ask: 'sure' },
  { step: 'follow-up', ask: 'follow-up' },
  { step: 'close', ask: 'sure' },
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
