import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type FindingState, liveFinding } from '../api/generated/client.ts';
import { announce } from '../lib/announce.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { TextField } from './text-field.tsx';
import { Trouble } from './trouble.tsx';

type Word = 'acknowledged' | 'suppressed' | 'resolved' | 'reopened';

const after: { readonly [state in FindingState]: readonly Word[] } = {
  open: ['acknowledged', 'resolved', 'suppressed'],
  acknowledged: ['resolved', 'suppressed', 'reopened'],
  suppressed: ['reopened'],
  resolved: ['reopened'],
  retracted: [],
};

const says: { readonly [word in Word]: readonly [button: string, title: string, what: string] } = {
  acknowledged: ['Acknowledge', '', ''],
  resolved: [
    'Resolve…',
    'Resolve this finding?',
    'It opens again by itself when it is found anew, or when the setting still stands at the next reading.',
  ],
  suppressed: [
    'Suppress…',
    'Suppress this finding?',
    'It stays out of sight until somebody reopens it. For a hole with an owner and an end, write an exemption into the tolerance.',
  ],
  reopened: ['Reopen', '', ''],
};

/** What a person may say of a finding. What takes it out of sight asks why. */
export function LifeButtons({ id, state }: { readonly id: string; readonly state: FindingState }) {
  const [asking, setAsking] = useState<Word | null>(null);
  const [note, setNote] = useState('');
  const client = useQueryClient();
  const live = useMutation({
    mutationFn: (event: Word) => liveFinding(id, { event, note }),
    onSuccess: (_, event) => {
      announce(`The finding is ${event}.`);
      setAsking(null);
      setNote('');
    },
    onSettled: () => client.invalidateQueries(),
  });
  const words = after[state];
  if (words.length === 0) return null;
  return (
    <>
      <div className="buttons buttons-small">
        {words.map((word) => (
          <button
            key={word}
            type="button"
            className="button button-small"
            disabled={live.isPending}
            onClick={() => (says[word][1] === '' ? live.mutate(word) : setAsking(word))}
          >
            {says[word][0]}
          </button>
        ))}
      </div>
      <Trouble error={asking === null ? live.error : null} />
      {asking === null ? null : (
        <ConfirmDialog
          title={says[asking][1]}
          yes={asking === 'resolved' ? 'Resolve it' : 'Suppress it'}
          tone="main"
          pending={live.isPending || note.trim() === ''}
          error={live.error?.message ?? null}
          onYes={() => live.mutate(asking)}
          onClose={() => setAsking(null)}
        >
          <p>{says[asking][2]}</p>
          <TextField label="Why, for the record" value={note} most={500} onText={setNote} />
        </ConfirmDialog>
      )}
    </>
  );
}
