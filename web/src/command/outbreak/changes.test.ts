// A look is an act too: it must ask nothing anew, or a page would ask for ever.
import { expect, it } from 'vitest';
import { changesOutbreak } from './changes';

it('hears changes and not looks', () => {
  expect(['outbreak.report', 'outbreak.type_case', 'outbreak.alert'].map(changesOutbreak)).toEqual([true, true, true]);
  expect(['outbreak.list', 'outbreak.show', 'outbreak.alerts', 'outbreak.duplicates', 'figures.daily_cases', 'consult.request'].map(changesOutbreak)).toEqual([false, false, false, false, false, false]);
});
