// One ticking clock for the page, by the server's time. A component that shows a running time asks for it.
import { useSyncExternalStore } from 'react';
import { serverNow } from '../api/clock';

let now = serverNow();
let ticking: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  ticking ??= setInterval(() => {
    now = serverNow();
    listeners.forEach((tell) => tell());
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(ticking);
      ticking = undefined;
    }
  };
}

const read = (): number => {
  if (!ticking) now = serverNow();
  return Math.floor(now / 1000) * 1000;
};

export const useNow = (): number => useSyncExternalStore(subscribe, read);
