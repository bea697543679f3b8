import { expect, it } from 'vitest';
import type { RequestForm } from '../../../api/types';
import { emptyForm, missing } from './missing';

const full: RequestForm = { ...emptyForm('full'), patient: 'p', purpose: '?', specialty: 'cardiology', complaint: 'a', history: 'b', diagnosis: 'c', consent: { document: 'd' } };
it.each<[string, Partial<RequestForm>, string[]]>([
  ['nothing', {}, []],
  ['no patient', { patient: null }, ['patient']],
  ['blanks', { purpose: '  ', history: '\n' }, ['purpose', 'history']],
  ['a reason is no document', { consent: { emergency_reason: 'x' } }, ['consent']],
  ['unless it is an emergency', { urgency: 'emergency', consent: { emergency_reason: 'x' } }, []],
])('full: %s', (_, change, want) => expect(missing({ ...full, ...change })).toEqual(want));
it('an emergency asks for little', () => {
  expect(missing(emptyForm('emergency'))).toEqual(['purpose', 'specialty', 'callback_phone', 'consent']);
});
