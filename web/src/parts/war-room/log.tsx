import { type FormEvent, useState } from 'react';
import type { DeclaredView, LogEntry } from '../../api/generated/client.ts';
import { useWish } from '../../lib/use-wish.ts';
import { Section } from '../section.tsx';
import { Visible } from '../visible.tsx';
import { When } from '../when.tsx';

const shown = 12;

/** What people said and did in it, the newest first; and whom it was told. */
export function Log({ view, mayTell }: { readonly view: DeclaredView; readonly mayTell: boolean }) {
  const [all, setAll] = useState(false);
  const newest = view.log.toReversed();
  const entries = all ? newest : newest.slice(0, shown);
  return (
    <Section title="Log">
      {mayTell ? (
        <>
          <Say id={view.incident.id} />
          <Tell view={view} />
        </>
      ) : null}
      <ol className="plain log">
        {entries.map((entry) => (
          <Entry key={entry.n} entry={entry} />
        ))}
      </ol>
      {all || newest.length <= shown ? null : (
        <button type="button" className="button button-small" onClick={() => setAll(true)}>
          All {newest.length}
        </button>
      )}
    </Section>
  );
}

function Entry({ entry: { at, by, type, says, sent } }: { readonly entry: LogEntry }) {
  return (
    <li className={type === 'told' ? 'log-told' : type === 'said' ? 'log-said' : undefined}>
      <When at={at} />
      <div>
        <b>
          <Visible text={by} />
        </b>{' '}
        <Visible text={says} />
        {sent.map(({ channel, to, state }) => (
          <small key={`${channel} ${to}`} className={state === 'failed' || state === 'unsure' ? 'error' : undefined}>
            <Visible text={to === '' ? channel : `${channel}, ${to}`} />: {state === 'sent' ? 'arrived' : state}
          </small>
        ))}
      </div>
    </li>
  );
}

function Say({ id }: { readonly id: string }) {
  const [text, setText] = useState('');
  const command = useWish(id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    command.mutate({ wish: { do: 'say', text }, said: 'Noted.' }, { onSuccess: () => setText('') });
  };
  return (
    <form className="one-line" onSubmit={submit}>
      <label className="field">
        <span className="unseen">Say to those who work on it</span>
        <input
          value={text}
          maxLength={4000}
          placeholder="What is known, tried, decided"
          onChange={(event) => setText(event.target.value)}
          autoComplete="off"
          required
        />
      </label>
      <button type="submit" className="button" disabled={command.isPending}>
        Say
      </button>
      {command.error === null ? null : (
        <p className="error" role="alert">
          {command.error.message}
        </p>
      )}
    </form>
  );
}

/** Tells somebody outside: by a channel, or it was told already and is written down. */
function Tell({ view: { incident, channels } }: { readonly view: DeclaredView }) {
  const carrying = channels.filter(({ kind }) => kind !== 'jira');
  const [audience, setAudience] = useState('');
  const [text, setText] = useState('');
  const [channel, setChannel] = useState('');
  const [to, setTo] = useState('');
  const [means, setMeans] = useState('');
  const command = useWish(incident.id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const addresses = channel === '' ? [] : [{ channel, to }];
    command.mutate(
      { wish: { do: 'tell', audience, text, means: channel === '' ? means : channel, addresses }, said: 'It is written down.' },
      { onSuccess: () => setText('') },
    );
  };
  return (
    <details>
      <summary>Tell somebody outside</summary>
      <form onSubmit={submit}>
        <div className="filters">
          <label className="field">
            Whom
            <input value={audience} maxLength={200} onChange={(event) => setAudience(event.target.value)} autoComplete="off" required />
          </label>
          <label className="field">
            By
            <select value={channel} onChange={(event) => setChannel(event.target.value)}>
              <option value="">another way; only write it down</option>
              {carrying.map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          {channel === '' ? (
            <label className="field">
              Which way
              <input
                value={means}
                maxLength={200}
                placeholder="phone"
                onChange={(event) => setMeans(event.target.value)}
                autoComplete="off"
                required
              />
            </label>
          ) : (
            <label className="field">
              Address there; empty for whom channels.yml names
              <input value={to} maxLength={320} onChange={(event) => setTo(event.target.value)} autoComplete="off" />
            </label>
          )}
        </div>
        <label className="field">
          What
          <textarea value={text} maxLength={4000} rows={3} onChange={(event) => setText(event.target.value)} required />
        </label>
        <div className="buttons">
          <button type="submit" className="button" disabled={command.isPending}>
            {channel === '' ? 'Write it down' : 'Send it'}
          </button>
        </div>
        {command.error === null ? null : (
          <p className="error" role="alert">
            {command.error.message}
          </p>
        )}
      </form>
    </details>
  );
}
