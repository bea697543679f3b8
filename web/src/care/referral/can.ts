// Who finds referrals and beds, and which steps of a referral a person may take now. The server decides anew; mirrors `referral` in
// crates/kernel/src/decide.rs and the states of crates/care/src/referral/steps.rs.
import type { Me } from '../../api/types';
import { stands, type ReferralDetail } from './shape';

const is = (me: Me, roles: readonly string[]): boolean => roles.includes(me.role?.role ?? '');
const TREATS = ['asking-doctor', 'specialist', 'ward-doctor', 'ward-nurse'] as const;

export const seesReferrals = (me: Me): boolean => is(me, [...TREATS, 'dispatcher']);
export const mayRefer = (me: Me): boolean => is(me, ['asking-doctor']);
/** Who says that a bed of the own hospital is taken or free. */
export const keepsBeds = (me: Me): boolean => is(me, ['dispatcher', 'ward-nurse', 'ward-doctor']);

export const STEPS = ['accept', 'depart', 'arrive', 'offer', 'take-back', 'send-back', 'transport', 'eta', 'ask', 'close', 'withdraw', 'reopen', 'decline', 'turn-back', 'cancel'] as const;
export type Step = (typeof STEPS)[number];
/** `why` is a key of `referral.why` when the step is seen and cannot be taken yet. */
export interface Offered { step: Step; why?: 'no_offer' | 'no_transport' }

/** In the order in which they are offered: the first one without a `why` is what is to be done next. */
export function stepsOf(detail: ReferralDetail, me: Me, now_ms: number): Offered[] {
  const own = me.role?.hospital.id;
  const down = detail.direction === 'down';
  const sends = detail.sender.id === own && is(me, down ? ['asking-doctor', 'specialist', 'ward-doctor'] : ['asking-doctor']);
  const receiver = detail.receiver?.id ?? (down ? detail.asked[0]?.hospital.id : undefined);
  const receives = receiver === own && is(me, TREATS);
  const mine = detail.asked.find((asked) => asked.hospital.id === own);
  const desk = is(me, ['dispatcher']) && !down;
  const found: Offered[] = [];
  switch (detail.state) {
    case 'asked':
      if (sends && !down) found.push({ step: 'accept', why: detail.asked.some((asked) => stands(asked, now_ms)) ? undefined : 'no_offer' }, { step: 'ask' });
      if (desk && mine) {
        if (stands(mine, now_ms)) found.push({ step: 'withdraw' });
        else found.push({ step: 'offer' });
        if (mine.answer !== 'declined') found.push({ step: 'decline' });
      }
      if (down && receives) found.push({ step: 'take-back' }, { step: 'decline' });
      if (sends) found.push({ step: 'cancel' });
      break;
    case 'accepted':
      if (sends) {
        found.push({ step: 'transport' }, { step: 'depart', why: detail.transport ? undefined : 'no_transport' });
        if (!down) found.push({ step: 'reopen' });
        found.push({ step: 'cancel' });
      }
      break;
    case 'on-the-way':
      if (receives) found.push({ step: 'arrive' });
      if (sends) found.push({ step: 'eta' }, { step: 'turn-back' });
      break;
    case 'arrived':
      if (receives && !down && !is(me, ['ward-nurse'])) found.push({ step: 'send-back' }, { step: 'close' });
      break;
    default:
  }
  // With the ambulance ordered the next thing is to leave.
  return found.sort((a, b) => STEPS.indexOf(a.step) - STEPS.indexOf(b.step));
}
