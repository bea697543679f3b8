import type { TFunction } from 'i18next';
import { describe, expect, it } from 'vitest';
import en from '../../i18n/en/opinion';
import zh from '../../i18n/zh/opinion';
import { withTemplate } from './words';

const t = ((key: string, options?: { defaultValue?: string }) => {
  const found = key.replace('opinion.', '').split('.').reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], en);
  return typeof found === 'string' ? found : options?.defaultValue;
}) as unknown as TFunction;

describe('templates', () => {
  it('fill what is empty and never what was typed', () => {
    const typed = { findings: 'seen', opinion: ' ', advice: '' };
    const filled = withTemplate(typed, 'respiratory', t);
    expect(filled.findings).toBe('seen');
    expect(filled.opinion).toBe(en.templates.respiratory.opinion);
    expect(filled.advice).toBe(en.templates.respiratory.advice);
    expect(withTemplate(filled, 'respiratory', t)).toBe(filled);
  });
  it('of a specialty without one are the general ones', () => {
    expect(withTemplate({ findings: '', opinion: '', advice: '' }, 'orthopaedics', t).advice).toBe(en.templates.default.advice);
  });
  it('are there in both languages', () => {
    expect(Object.keys(zh.templates)).toEqual(Object.keys(en.templates));
  });
});
