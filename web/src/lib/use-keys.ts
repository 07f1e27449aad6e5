import { useEffect, useRef } from 'react';

type Keys = { readonly [key: string]: () => void };

const chordMilliseconds = 1200;

/** Shortcuts of a page: single keys (`j`, `?`) or two in a row (`g h`). Silent while somebody types or a dialog is open. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    let first: { readonly key: string; readonly at: number } | null = null;
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
      if (document.querySelector('dialog[open]') !== null) return;
      const chord = first !== null && event.timeStamp - first.at < chordMilliseconds ? `${first.key} ${event.key}` : null;
      const run = (chord === null ? undefined : latest.current[chord]) ?? latest.current[event.key];
      first = chord === null || run === undefined ? { key: event.key, at: event.timeStamp } : null;
      if (run === undefined) return;
      event.preventDefault();
      run();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
