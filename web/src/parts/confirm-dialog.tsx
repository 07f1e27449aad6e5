import { type FormEvent, type ReactNode, useEffect, useRef } from 'react';

/** A question over the page. Escape and "Back" close it; the focus returns to where it was. */
export function ConfirmDialog({
  title,
  yes,
  tone,
  pending,
  error,
  onYes,
  onClose,
  children,
}: {
  readonly title: string;
  readonly yes: string;
  readonly tone: 'main' | 'danger';
  readonly pending: boolean;
  readonly error: string | null;
  readonly onYes: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onYes();
  };
  return (
    <dialog ref={ref} onClose={onClose} aria-labelledby="dialog-title">
      <form onSubmit={submit}>
        <h2 id="dialog-title">{title}</h2>
        {children}
        {error === null ? null : (
          <p className="error" role="alert">
            {error}
          </p>
        )}
        <div className="buttons">
          <button type="submit" className={`button button-${tone}`} disabled={pending}>
            {yes}
          </button>
          <button type="button" className="button" onClick={() => ref.current?.close()}>
            Back <kbd>Esc</kbd>
          </button>
        </div>
      </form>
    </dialog>
  );
}
