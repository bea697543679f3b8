import { describe, expect, it } from 'vitest';
import { changes } from './changes';

const said = (before: string, after: string) => changes(before, after).map((piece) => `${{ same: '=', added: '+', removed: '-' }[piece.kind]}${piece.text}`);

describe('what changed', () => {
  it('is told by sentences', () => {
    expect(said('1. 吗啡 10 mg；\n2. 复查 CT。', '1. 吗啡 1 mg；\n2. 复查 CT。')).toEqual(['-1. 吗啡 10 mg；\n', '+1. 吗啡 1 mg；\n', '=2. 复查 CT。']);
    expect(said('', 'New.')).toEqual(['+New.']);
    expect(said('Gone.', '')).toEqual(['-Gone.']);
    expect(said('Same. As before.', 'Same. As before.')).toEqual(['=Same. As before.']);
  });
  it('loses nothing of either side', () => {
    const texts = ['a。b；c', 'b；c\nd', '', 'a。a。a。', 'x\n\ny!'];
    for (const before of texts) for (const after of texts) {
      const pieces = changes(before, after);
      const side = (kind: string) => pieces.filter((piece) => piece.kind === 'same' || piece.kind === kind).map((piece) => piece.text).join('');
      expect([side('removed'), side('added')]).toEqual([before, after]);
    }
  });
});
