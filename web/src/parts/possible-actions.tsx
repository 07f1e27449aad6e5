import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type PossibleAction, startAction } from '../api/generated/client.ts';
import { announce } from '../lib/announce.tsx';
import { go } from '../lib/router.tsx';
import { ActionOption } from './action-option.tsx';
import { StartDialog } from './start-dialog.tsx';

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
      {open ? <StartDialog option={option} title={asks ?? title} yes="Start it" start={start} onClose={() => setOpen(false)} /> : null}
    </div>
  );
}
