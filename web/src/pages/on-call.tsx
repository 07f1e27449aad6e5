import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import {
  acknowledgePage,
  type Duty,
  type QueueEntry,
  readDuty,
  readQueue,
  setOverride,
  takeBackOverride,
} from '../api/generated/client.ts';
import { announce } from '../lib/announce.tsx';
import { Link } from '../lib/router.tsx';
import { useListKeys } from '../lib/use-list-keys.ts';
import { Empty } from '../parts/empty.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Section } from '../parts/section.tsx';
import { SeverityMark } from '../parts/severity-mark.tsx';
import { TextField } from '../parts/text-field.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

/** The engineer's desk: who is on call, and what waits, in the order of doing it. */
export function OnCall() {
  const duty = useQuery({ queryKey: ['on-call', 'duty'], queryFn: () => readDuty({ days: 28 }) });
  const queue = useQuery({ queryKey: ['on-call', 'queue'], queryFn: readQueue });
  const list = useListKeys<HTMLDivElement>();
  return (
    <Page
      title="On call"
      heading={<Heading duty={duty.data} />}
      lead={
        <>
          {duty.data === undefined ? null : <Shift duty={duty.data} />}
          <p className="quiet">
            <Link to="/health">Health</Link> · <Link to="/load">Load</Link> · <Link to="/risks">Risks</Link>
          </p>
        </>
      }
    >
      <div ref={list}>
        <Loaded query={queue}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="Nothing waits.">The automation does what it should, no question is open, and no incident.</Empty>
            ) : (
              <>
                <Entries title="The automation itself" kind="automation" items={items} />
                <Entries title="Judgements" kind="judgement" items={items} />
                <Entries title="Incidents" kind="incident" items={items} />
              </>
            )
          }
        </Loaded>
      </div>
      <Loaded query={duty}>{(data) => (data.isSet ? <Schedule duty={data} /> : <NoSchedule />)}</Loaded>
    </Page>
  );
}

function Heading({ duty }: { readonly duty: Duty | undefined }) {
  const person = duty?.turns[0]?.person;
  if (duty === undefined) return <>On call</>;
  if (person === undefined) return <>Everybody is on call.</>;
  return (
    <>
      <Visible text={person} /> is on call.
    </>
  );
}

function Shift({ duty: { shift, load, budget, quietUntil, backup } }: { readonly duty: Duty }) {
  const over = load.judgements > budget;
  return (
    <p className={over ? 'error' : undefined}>
      This shift ends at {shift.until.local} and has brought {load.judgements} of {budget} judgements
      {load.apart > 0 ? `, and ${load.apart} of incidents, which are counted apart` : ''}.{' '}
      {quietUntil === null ? null : <>Quiet hours last until {quietUntil.local}. </>}
      {backup.length === 0 ? null : (
        <>
          Backup team: <Visible text={backup.join(', ')} />.
        </>
      )}
    </p>
  );
}

function Entries({
  title,
  kind,
  items,
}: {
  readonly title: string;
  readonly kind: QueueEntry['kind'];
  readonly items: readonly QueueEntry[];
}) {
  const own = items.filter((entry) => entry.kind === kind);
  if (own.length === 0) return null;
  return (
    <Section title={title} aside={<span className="quiet tabular">{own.length}</span>}>
      <ul className="plain queue">
        {own.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </ul>
    </Section>
  );
}

const states = {
  held: 'automation decides',
  quiet: 'waits for the morning',
  calling: 'calling',
  acknowledged: 'taken',
  closed: 'over',
} as const;

function Entry({ entry: { severity, title, reason, fix, path, since, page } }: { readonly entry: QueueEntry }) {
  return (
    <li>
      <SeverityMark severity={severity} />
      <div className="queue-what">
        <Link to={path} data-row>
          <Visible text={title} />
        </Link>
        <p className="quiet">
          <Visible text={reason} />
        </p>
        {fix === null || fix === '' ? null : (
          <p>
            <b>Fix:</b> <Visible text={fix} />
          </p>
        )}
        <small className="quiet">
          since <When at={since} />
          {page === null ? '' : ` · ${states[page.state]}`}
          {page?.by == null ? null : (
            <>
              {' by '}
              <Visible text={page.by} />
            </>
          )}
        </small>
      </div>
      {page?.state === 'calling' || page?.state === 'quiet' ? <Take page={page.id} title={title} /> : null}
    </li>
  );
}

function Take({ page, title }: { readonly page: string; readonly title: string }) {
  const client = useQueryClient();
  const take = useMutation({
    mutationFn: () => acknowledgePage(page, {}),
    onSuccess: () => announce('It is yours. Nobody else is told.'),
    onError: (error) => announce(error.message),
    onSettled: () => client.invalidateQueries({ queryKey: ['on-call'] }),
  });
  return (
    <button
      type="button"
      className="button button-small"
      aria-label={`Take it: ${title}`}
      disabled={take.isPending}
      onClick={() => take.mutate()}
    >
      Take it
    </button>
  );
}

function NoSchedule() {
  return (
    <Section title="Schedule">
      <p className="quiet">
        There is no <code>oncall.yml</code>: everybody in <code>channels.yml</code> is told of everything at once.
      </p>
    </Section>
  );
}

function Schedule({ duty }: { readonly duty: Duty }) {
  return (
    <Section title="Schedule" aside={<span className="quiet">times of {duty.zone}</span>}>
      <table className="list">
        <caption className="unseen">Who is on call, from now on</caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">Until</th>
            <th scope="col">On call</th>
            <th scope="col">By</th>
          </tr>
        </thead>
        <tbody>
          {duty.turns.map((turn, i) => (
            <tr key={turn.from.at}>
              <td className="tabular nowrap">{i === 0 ? 'now' : turn.from.local}</td>
              <td className="tabular nowrap">{turn.until.local}</td>
              <td>
                <Visible text={turn.person} />
              </td>
              <td className="quiet">{turn.by === null ? 'override' : <Visible text={turn.by} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {duty.overrides.length === 0 ? null : (
        <ul className="plain armed">
          {duty.overrides.map((one) => (
            <Override key={one.id} override={one} />
          ))}
        </ul>
      )}
      <NewOverride zone={duty.zone} people={duty.everyone} />
    </Section>
  );
}

function Override({ override: { id, person, from, until, reason } }: { readonly override: Duty['overrides'][number] }) {
  const client = useQueryClient();
  const back = useMutation({
    mutationFn: () => takeBackOverride(id),
    onSuccess: () => announce('Taken back.'),
    onSettled: () => client.invalidateQueries({ queryKey: ['on-call'] }),
  });
  return (
    <li>
      <span>
        <Visible text={person} /> stands in from {from.local} until {until.local}
        {reason === '' ? null : (
          <small className="quiet">
            {' '}
            <Visible text={reason} />
          </small>
        )}
      </span>
      <button type="button" className="button button-small" disabled={back.isPending} onClick={() => back.mutate()}>
        Take back
      </button>
    </li>
  );
}

function NewOverride({ zone, people }: { readonly zone: string; readonly people: readonly string[] }) {
  const client = useQueryClient();
  const [from, setFrom] = useState('');
  const [until, setUntil] = useState('');
  const [person, setPerson] = useState('');
  const [reason, setReason] = useState('');
  const save = useMutation({
    mutationFn: () => setOverride({ from, until, person, reason }),
    onSuccess: () => {
      announce(`${person} stands in.`);
      setFrom('');
      setUntil('');
      setReason('');
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['on-call'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <details>
      <summary>Somebody stands in</summary>
      <form className="filters" onSubmit={submit}>
        <label className="field">
          Who
          <select value={person} onChange={(event) => setPerson(event.target.value)} required>
            <option value="">…</option>
            {people.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="field">
          From, in {zone}
          <input type="datetime-local" value={from} onChange={(event) => setFrom(event.target.value)} required />
        </label>
        <label className="field">
          Until
          <input type="datetime-local" value={until} onChange={(event) => setUntil(event.target.value)} required />
        </label>
        <TextField label="Why" value={reason} most={500} optional onText={setReason} />
        <button type="submit" className="button" disabled={save.isPending}>
          Save
        </button>
      </form>
      <Trouble error={save.error} />
    </details>
  );
}
