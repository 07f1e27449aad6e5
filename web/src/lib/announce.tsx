import { useSyncExternalStore } from 'react';

let text = '';
const listeners = new Set<() => void>();

/** Says a change to people who listen to the page; what is on the screen says it too. */
export function announce(said: string): void {
  // A trailing no-break space makes the same sentence news again.
  text = said === text ? `${said}\u00a0` : said;
  for (const listener of listeners) listener();
}

export function Announcer() {
  const said = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => text,
  );
  return (
    <div className="unseen" aria-live="polite" role="status">
      {said}
    </div>
  );
}
