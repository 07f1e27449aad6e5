import { useRef } from 'react';
import { useKeys } from './use-keys.ts';

/** `j` and `k` move the focus through the links marked `data-row` inside the element that gets the ref. */
export function useListKeys<E extends HTMLElement>() {
  const ref = useRef<E>(null);
  const move = (by: 1 | -1) => {
    const rows = [...(ref.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
    const here = rows.indexOf(document.activeElement as HTMLElement);
    const next = here === -1 ? (by === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, here + by));
    rows[next]?.focus();
    rows[next]?.scrollIntoView({ block: 'nearest' });
  };
  useKeys({ j: () => move(1), k: () => move(-1) });
  return ref;
}
