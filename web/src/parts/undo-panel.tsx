import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { type ActionDetail, askUndo, keepAsItStands } from '../api/generated/client.ts';
import { announce } from '../lib/announce.tsx';
import { CallText } from './call-text.tsx';
import { Compare } from './compare.tsx';
import { Section } from './section.tsx';
import { Trouble } from './trouble.tsx';
import { Visible } from './visible.tsx';
import { When } from './when.tsx';

/** What undo brings back, the calls it would make, and its button; when undo asks, the three-way difference. */
export function UndoPanel({ detail: { action, undo } }: { readonly detail: ActionDetail }) {
  const [sure, setSure] = useState(false);
  const yes = useRef<HTMLButtonElement>(null);
  const client = useQueryClient();
  const asks = action.state === 'undo-asks';
  const ask = useMutation({
    mutationFn: () => askUndo(action.id, { overwrite: asks }),
    onSuccess: ({ persons, needed }) => {
      announce(persons.length < needed ? 'Undo is asked for. One more person must ask.' : 'Undo is asked for. A worker does it now.');
      setSure(false);
    },
    onSettled: () => client.invalidateQueries(),
  });
  const keep = useMutation({
    mutationFn: () => keepAsItStands(action.id, {}),
    onSuccess: () => announce('What stands now stays. The undo is closed.'),
    onSettled: () => client.invalidateQueries(),
  });
  useEffect(() => {
    if (sure) yes.current?.focus();
  }, [sure]);
  const asked =
    undo.requested !== null && undo.can && undo.requested.overwrite === asks && undo.requested.at > (action.finishedAt ?? 0)
      ? undo.requested
      : null;
  return (
    <Section title="Undo">
      {asks ? (
        <div className="notice notice-trouble">
          <p>
            <b>Somebody has changed this since.</b> What stands now is not what was left here, so undo does not overwrite it by itself.
          </p>
          {undo.difference.map((part) => (
            <div key={part.step}>
              <h3>
                <Visible text={part.name} />
              </h3>
              <Compare
                caption={`Before, left and now, of step ${part.step + 1}`}
                columns={[
                  { name: 'Before', value: part.before },
                  { name: 'What we left', value: part.left },
                  { name: 'Now', value: part.live },
                ]}
              />
            </div>
          ))}
        </div>
      ) : null}
      <p className="prose">
        <Visible text={undo.says} />
      </p>
      {undo.calls.length === 0 || !undo.can ? null : (
        <details>
          <summary>{undo.calls.length === 1 ? 'The call it makes' : `The ${undo.calls.length} calls it makes`}</summary>
          {undo.calls.map((call, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a call has no identity but its place in the order
            <CallText key={index} call={call} />
          ))}
        </details>
      )}
      {undo.can && undo.needed > 1 ? (
        <p className="small">The attack that it contained is not closed, so {undo.needed} persons must ask.</p>
      ) : null}
      {asked === null ? null : (
        <p className="quiet" role="status">
          {asked.persons.join(' and ')} asked for it at <When at={asked.at} />.{' '}
          {asked.persons.length < undo.needed
            ? `It starts when ${undo.needed - asked.persons.length === 1 ? 'one more person asks' : 'enough persons ask'}.`
            : 'It waits for a worker.'}
        </p>
      )}
      {asked !== null && asked.persons.length >= undo.needed ? null : undo.can ? (
        sure ? (
          <div className="buttons confirm">
            <p>
              <strong>{asks ? 'Overwrite what stands now?' : 'Undo it?'}</strong>{' '}
              {asks ? 'The state from before the action takes its place.' : 'What it contained is open again.'}
            </p>
            <button
              ref={yes}
              type="button"
              className={asks ? 'button button-danger' : 'button button-main'}
              disabled={ask.isPending}
              onClick={() => ask.mutate()}
            >
              {asks ? 'Yes, overwrite' : 'Yes, undo'}
            </button>
            <button type="button" className="button" onClick={() => setSure(false)}>
              Back
            </button>
          </div>
        ) : (
          <div className="buttons">
            <button type="button" className="button" onClick={() => setSure(true)}>
              {asks ? 'Bring back what was before…' : 'Undo…'}
            </button>
            {asks ? (
              <button type="button" className="button" disabled={keep.isPending} onClick={() => keep.mutate()}>
                Keep what stands now
              </button>
            ) : null}
          </div>
        )
      ) : null}
      <Trouble error={ask.error ?? keep.error} />
    </Section>
  );
}
