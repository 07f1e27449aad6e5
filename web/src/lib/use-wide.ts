import { useSyncExternalStore } from 'react';

const wide = window.matchMedia('(min-width: 760px)');

/** Whether the window is wide enough for pictures that lie. */
export function useWide(): boolean {
  return useSyncExternalStore(
    (listener) => {
      wide.addEventListener('change', listener);
      return () => wide.removeEventListener('change', listener);
    },
    () => wide.matches,
  );
}
