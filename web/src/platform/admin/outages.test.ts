import { describe, expect, it } from 'vitest';
import { percent } from './outages';

describe('availability', () => {
  it('is cut, so that what was out is never whole', () => {
    expect([10_000, 9_999, 9_900.9, 0].map(percent)).toEqual(['100.00 %', '99.99 %', '99.00 %', '0.00 %']);
  });
});
