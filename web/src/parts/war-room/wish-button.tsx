import { type ReactNode, useState } from 'react';
import type { IncidentWish } from '../../api/generated/client.ts';
import { useWish } from '../../lib/use-wish.ts';
import { ConfirmDialog } from '../confirm-dialog.tsx';
import { TextField } from '../text-field.tsx';

/** A button that commands at once, or asks first for what has to be said with it. */
export function WishButton({
  id,
  label,
  name,
  said,
  wish,
  ask,
}: {
  readonly id: string;
  readonly label: string;
  /** For who cannot see what stands beside it. */
  readonly name?: string;
  readonly said: string;
  readonly wish: (text: string) => IncidentWish;
  readonly ask?: {
    readonly title: string;
    readonly field: string;
    readonly optional?: boolean;
    readonly tone?: 'main' | 'danger';
    readonly more?: ReactNode;
  };
}) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const command = useWish(id);
  const run = () =>
    command.mutate(
      { wish: wish(text), said },
      {
        onSuccess: () => {
          setOpen(false);
          setText('');
        },
      },
    );
  return (
    <>
      <button
        type="button"
        className="button button-small"
        aria-label={name}
        disabled={command.isPending}
        onClick={() => (ask === undefined ? run() : setOpen(true))}
      >
        {label}
        {ask === undefined ? '' : '…'}
      </button>
      {command.error === null || open ? null : (
        <span className="error" role="alert">
          {command.error.message}
        </span>
      )}
      {open && ask !== undefined ? (
        <ConfirmDialog
          title={ask.title}
          yes={label}
          tone={ask.tone ?? 'main'}
          pending={command.isPending || (ask.optional !== true && text.trim() === '')}
          error={command.error?.message ?? null}
          onYes={run}
          onClose={() => setOpen(false)}
        >
          {ask.more}
          <TextField label={ask.field} value={text} most={4000} optional={ask.optional === true} onText={setText} />
        </ConfirmDialog>
      ) : null}
    </>
  );
}
