import { describe, expect, it } from 'vitest';
import { checkResidentId, plainId } from './residentId';

const today = '2026-11-21';

describe('resident id', () => {
  it.each([
    // The two examples printed in GB 11643-1999.
    ['11010519491231002X', { ok: true, birth_date: '1949-12-31', sex: 'female' }],
    ['440524188001010014', { ok: true, birth_date: '1880-01-01', sex: 'male' }],
    ['11010519491231002x', { ok: true, birth_date: '1949-12-31', sex: 'female' }],
    ['１１０１０５１９４９１２３１００２Ｘ', { ok: true, birth_date: '1949-12-31', sex: 'female' }],
    ['110105 19491231 002X', { ok: true, birth_date: '1949-12-31', sex: 'female' }],
    ['110105194912310021', { ok: false, code: 'checksum', want: 'X' }],
    ['110105194912310', { ok: false, code: 'short', n: 3 }],
    ['11010519491231002X1', { ok: false, code: 'length', n: 19 }],
    ['11010519490229002X', { ok: false, code: 'date', date: '1949-02-29' }],
    ['11010519491331002X', { ok: false, code: 'date', date: '1949-13-31' }],
    ['110105209912310021', { ok: false, code: 'future' }],
    ['010105194912310021', { ok: false, code: 'region' }],
    ['1101X5194912310021', { ok: false, code: 'characters' }],
    ['', { ok: false, code: 'short', n: 18 }],
  ])('%s', (typed, want) => expect(checkResidentId(typed, today)).toEqual(want));

  it('finds every single wrong digit', () => {
    const good = '11010519491231002X';
    for (let at = 0; at < 17; at++) {
      for (let digit = 0; digit < 10; digit++) {
        if (String(digit) === good[at]) continue;
        expect(checkResidentId(good.slice(0, at) + digit + good.slice(at + 1), today).ok).toBe(false);
      }
    }
  });

  it('reads what people type', () => expect(plainId(' 1101-05 ｘ')).toBe('110105X'));
});
