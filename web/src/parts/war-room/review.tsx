import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type DeclaredView, draftReview } from '../../api/generated/client.ts';
import { announce } from '../../lib/announce.tsx';
import { useWish } from '../../lib/use-wish.ts';
import { ConfirmDialog } from '../confirm-dialog.tsx';
import { Section } from '../section.tsx';
import { TextField } from '../text-field.tsx';
import { Trouble } from '../trouble.tsx';
import { Visible } from '../visible.tsx';

/** What is learnt: the review as a draft, and lessons that become tickets. */
export function Review({ view }: { readonly view: DeclaredView }) {
  const { id, lessons } = view.incident;
  const client = useQueryClient();
  const draft = useMutation({
    mutationFn: () => draftReview(id, {}),
    onSuccess: () => announce('The review is drafted.'),
    onSettled: () => client.invalidateQueries(),
  });
  const at = `/api/v1/declared/${encodeURIComponent(id)}/reviews/${draft.data?.hash ?? ''}`;
  return (
    <Section title="Review and lessons">
      <p className="quiet prose">
        The review is drafted from the ledger and from what is stored. It says what was recorded; what went well and what did not, people
        say.
      </p>
      <div className="buttons">
        <button type="button" className="button button-small" disabled={draft.isPending} onClick={() => draft.mutate()}>
          Draft the review
        </button>
        {draft.data === undefined ? null : (
          <span>
            <a href={`${at}.md`}>Markdown</a> · <a href={`${at}.pdf`}>PDF</a>
          </span>
        )}
        <LessonButton view={view} />
      </div>
      <Trouble error={draft.error} />
      <ul className="plain tasks">
        {lessons.map((lesson) => (
          <li key={lesson.id}>
            <span className="task-id mono">{lesson.id}</span>
            <div>
              <Visible text={lesson.text} />
              <small className="quiet">
                <Visible text={lesson.by} />
                {lesson.tickets.length === 0 ? ', no ticket' : `, to ${lesson.tickets.map(({ channel }) => channel).join(', ')}`}
              </small>
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function LessonButton({ view: { incident, channels } }: { readonly view: DeclaredView }) {
  const tickets = channels.filter(({ kind }) => kind === 'jira');
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const [channel, setChannel] = useState(tickets[0]?.name ?? '');
  const command = useWish(incident.id);
  return (
    <>
      <button type="button" className="button button-small" onClick={() => setOpen(true)}>
        Note a lesson…
      </button>
      {open ? (
        <ConfirmDialog
          title="What is to be done, so that it does not happen again?"
          yes="Note it"
          tone="main"
          pending={command.isPending || text.trim() === ''}
          error={command.error?.message ?? null}
          onYes={() =>
            command.mutate(
              { wish: { do: 'learn', text, addresses: channel === '' ? [] : [{ channel, to: '' }] }, said: 'The lesson is noted.' },
              {
                onSuccess: () => {
                  setOpen(false);
                  setText('');
                },
              },
            )
          }
          onClose={() => setOpen(false)}
        >
          <TextField label="What" value={text} most={4000} onText={setText} />
          {tickets.length === 0 ? null : (
            <label className="field">
              A ticket in
              <select value={channel} onChange={(event) => setChannel(event.target.value)}>
                <option value="">none</option>
                {tickets.map(({ name }) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            </label>
          )}
        </ConfirmDialog>
      ) : null}
    </>
  );
}
