// Who was called is named, in the order of the ring.
import type { TFunction } from 'i18next';
import { expect, it } from 'vitest';
import { actWords } from './Timeline';

const t = ((key: string, values?: Record<string, unknown>) => [key, ...Object.values(values ?? {})].join(' ')) as unknown as TFunction;
const said = (params: Record<string, unknown>) => actWords({ what: 'timer.ring', params }, t);

it('names the experts on call, first to last', () => {
  const expert = (name: string) => ({ id: name, name, name_en: name, hospital: null });
  expect(said({ on_call: [{ rank: 1, expert: expert('李伟') }, { rank: 2, expert: expert('王兰') }] }))
    .toBe('act.timer_ring_on_call act.ring_rank 李伟 1ui.list_septact.ring_rank 王兰 2'.replace('sept', 'sep'));
});
it('says that nobody is on call', () => expect(said({})).toMatch(/^act\.timer_ring timer\.ring/));
