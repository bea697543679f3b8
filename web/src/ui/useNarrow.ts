// Whether the page is as narrow as a phone: lists become cards, side panels become pages.
import { useSyncExternalStore } from 'react';

const query = window.matchMedia('(max-width: 820px)');
const subscribe = (tell: () => void) => {
  query.addEventListener('change', tell);
  return () => query.removeEventListener('change', tell);
};

export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => query.matches);
