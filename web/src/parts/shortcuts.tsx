import { useEffect, useRef } from 'react';

const others: readonly (readonly [keys: string, does: string])[] = [
  ['j', 'next in a list'],
  ['k', 'previous in a list'],
  ['Enter', 'open it'],
  ['a', 'approve, with the focus on the question'],
  ['d', 'deny, with the focus on the question'],
  ['Esc', 'back'],
  ['?', 'this list'],
];

export function Shortcuts({
  places,
  onClose,
}: {
  readonly places: readonly { readonly name: string; readonly key: string }[];
  readonly onClose: () => void;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={ref} onClose={onClose} aria-labelledby="shortcuts-title">
      <h2 id="shortcuts-title">Keyboard</h2>
      <dl className="shortcuts">
        {[...places.map(({ name, key }) => [`g ${key}`, `go to ${name}`] as const), ...others].map(([keys, does]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="button" className="button" onClick={() => ref.current?.close()}>
          Close
        </button>
      </form>
    </dialog>
  );
}
