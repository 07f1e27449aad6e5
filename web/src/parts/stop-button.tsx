import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { pressStop, type Stop } from '../api/generated/client.ts';
import { announce } from '../lib/announce.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { TextField } from './text-field.tsx';

/** Always in reach: stops automation from acting, or lets it act again. Asks once. */
export function StopButton({ stop }: { readonly stop: Stop | null }) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const client = useQueryClient();
  const on = stop === null;
  const press = useMutation({
    mutationFn: () => pressStop({ on, reason }),
    onSuccess: () => {
      announce(on ? 'Automation is stopped.' : 'Automation works again.');
      setOpen(false);
      setReason('');
    },
    onSettled: () => client.invalidateQueries(),
  });
  return (
    <>
      <button type="button" className={on ? 'button button-stop' : 'button button-main'} onClick={() => setOpen(true)}>
        {on ? (
          <svg viewBox="0 0 12 12" width="11" height="11" aria-hidden="true">
            <rect x="1.5" y="1.5" width="9" height="9" rx="1.5" fill="currentColor" />
          </svg>
        ) : null}
        {on ? 'Stop' : 'Let it work'}
        <span className="unseen"> {on ? 'automation' : 'again'}</span>
      </button>
      {open ? (
        <ConfirmDialog
          title={on ? 'Stop automation?' : 'Let automation work again?'}
          yes={on ? 'Stop it' : 'Let it work'}
          tone={on ? 'danger' : 'main'}
          pending={press.isPending}
          error={press.error?.message ?? null}
          onYes={() => press.mutate()}
          onClose={() => setOpen(false)}
        >
          <p>
            {on
              ? 'It goes on finding and deciding, but acts on nothing until it is let work again. What runs comes to the end of its step.'
              : 'It acts again within its guardrails. What was refused meanwhile is not done by itself.'}
          </p>
          <TextField label="Why, for the record" value={reason} most={500} optional onText={setReason} />
        </ConfirmDialog>
      ) : null}
    </>
  );
}
