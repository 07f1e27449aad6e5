import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { declareIncident } from '../api/generated/client.ts';
import { announce } from '../lib/announce.tsx';
import { go } from '../lib/router.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { TextField } from './text-field.tsx';

/** Declares an incident, that of a page or one that only people know of, and opens its war room. */
export function DeclareButton({ incident, title }: { readonly incident: string | null; readonly title: string }) {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const [commander, setCommander] = useState('');
  const client = useQueryClient();
  const declare = useMutation({
    mutationFn: () => declareIncident({ title: name, incident, commander }),
    onSuccess: ({ id, isNew }) => {
      announce(isNew ? 'It is declared.' : 'It is declared already.');
      setOpen(false);
      go(`/declared/${id}`);
    },
    onSettled: () => client.invalidateQueries(),
  });
  return (
    <>
      <button type="button" className="button button-stop" onClick={() => setOpen(true)}>
        Declare an incident
      </button>
      {open ? (
        <ConfirmDialog
          title="Declare an incident?"
          yes="Declare it"
          tone="danger"
          pending={declare.isPending || (incident === null && name.trim() === '')}
          error={declare.error?.message ?? null}
          onYes={() => declare.mutate()}
          onClose={() => setOpen(false)}
        >
          <p>Everybody who is on call is told. Until it is closed, questions are counted apart, and there are no drills.</p>
          <TextField label="What has happened" value={name} most={300} placeholder={title} optional={incident !== null} onText={setName} />
          <TextField label="Who commands; you, when it is left empty" value={commander} most={64} optional onText={setCommander} />
        </ConfirmDialog>
      ) : null}
    </>
  );
}
