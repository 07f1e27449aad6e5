import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type PossibleAction, startAction } from '../api/generated/client.ts';
import { announce } from '../lib/announce.tsx';
import { go } from '../lib/router.tsx';
import { ActionOption } from './action-option.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { Visible } from './visible.tsx';

/** What automation may not do alone and a person may start. */
export function PossibleActions({
  finding,
  revision,
  actions,
}: {
  readonly finding: string;
  readonly revision: string;
  readonly actions: readonly PossibleAction[];
}) {
  return actions.map((possible) => <Possible key={possible.id} finding={finding} revision={revision} possible={possible} />);
}

function Possible({
  finding,
  revision,
  possible: { id, option, title, asks },
}: {
  readonly finding: string;
  readonly revision: string;
  readonly possible: PossibleAction;
}) {
  const [open, setOpen] = useState(false);
  const client = useQueryClient();
  const start = useMutation({
    mutationFn: () => startAction(finding, { action: id, revision }),
    onSuccess: ({ action }) => {
      announce(action === null ? 'You have approved it. One more person must.' : 'Started. Automation carries it out now.');
      setOpen(false);
      if (action !== null) go(`/actions/${action}`);
    },
    onSettled: () => client.invalidateQueries(),
  });
  return (
    <div className="possible">
      <ActionOption option={option} title={title} />
      <button type="button" className="button" onClick={() => setOpen(true)}>
        {option.mode === 'dry-run' ? 'Try as a dry run…' : 'Start it…'}
      </button>
      {open ? (
        <ConfirmDialog
          title={`${asks ?? title}?`}
          yes={option.mode === 'dry-run' ? 'Try it' : 'Start it'}
          tone="main"
          pending={start.isPending}
          error={start.error?.message ?? null}
          onYes={() => start.mutate()}
          onClose={() => setOpen(false)}
        >
          <p>
            <b>What may stop working: </b>
            <Visible text={option.blastRadius} />
          </p>
          <p>
            {option.approvals > 1
              ? 'Two persons must agree: you approve it now, and it waits on the home page for another.'
              : 'It starts at once, as your action, with what it changes kept for an undo.'}
          </p>
        </ConfirmDialog>
      ) : null}
    </div>
  );
}
