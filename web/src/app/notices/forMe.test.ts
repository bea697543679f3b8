import { expect, test } from 'vitest';
import type { Me } from '../../api/types';
import { isForMe, isPressing } from './forMe';

const hospital = { id: 'province', name: '省', name_en: 'Province', level: 'province' };
const me = (role: string) => ({ person: { id: 'chen-tao', name: '陈涛', hospital }, role: { id: 'r', role, hospital }, roles: [], until: '', demo: false, server_time: '' }) as unknown as Me;
const by = (id: string) => ({ id, name: id, hospital });

test('a notice is for the person named, and for the desk that a dispatcher serves', () => {
  const act = { by: null, params: { tell: ['desk:province', 'person:zhou-ming'] } };
  expect(isForMe(act, me('dispatcher'))).toBe(true);
  expect(isForMe(act, me('specialist'))).toBe(false);
  expect(isForMe({ ...act, by: by('chen-tao') }, me('dispatcher'))).toBe(false);
  expect(isForMe({ by: by('zhou-ming'), params: { tell: ['person:chen-tao'] } }, me('specialist'))).toBe(true);
  expect(isForMe({ by: null, params: {} }, me('dispatcher'))).toBe(false);
});

test('what presses', () => {
  expect(isPressing({ what: 'consult.request', params: { urgency: 'emergency' } })).toBe(true);
  expect(isPressing({ what: 'timer.call', params: { urgency: 'routine' } })).toBe(true);
  expect(isPressing({ what: 'consult.request', params: { urgency: 'routine' } })).toBe(false);
});
