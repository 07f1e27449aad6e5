import { type FormEvent, useState } from 'react';
import type { DeclaredView, LogEntry } from '../../api/generated/client.ts';
import { useWish } from '../../lib/use-wish.ts';
import { Section } from '../section.tsx';
import { TextField } from '../text-field.tsx';
import { Trouble } from '../trouble.tsx';
import { Visible } from '../visible.tsx';
import { When } from '../when.tsx';
import { NewestFirst } from './newest-first.tsx';
import { OneLine } from './one-line.tsx';

const shown = 12;

/** What people said and did in it, the newest first; and whom it was told. */
export function Log({ view, mayTell }: { readonly view: DeclaredView; readonly mayTell: boolean }) {
  return (
    <Section title="Log">
      {mayTell ? (
        <>
          <Say id={view.incident.id} />
          <Tell view={view} />
        </>
      ) : null}
      <NewestFirst items={view.log} shown={shown} className="plain log" row={(entry) => <Entry key={entry.n} entry={entry} />} />
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
  return (
    <OneLine
      id={id}
      label="Say to those who work on it"
      placeholder="What is known, tried, decided"
      yes="Say"
      said="Noted."
      wish={(text) => ({ do: 'say', text })}
    />
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
          <TextField label="Whom" value={audience} most={200} onText={setAudience} />
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
            <TextField label="Which way" value={means} most={200} placeholder="phone" onText={setMeans} />
          ) : (
            <TextField label="Address there; empty for whom channels.yml names" value={to} most={320} optional onText={setTo} />
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
        <Trouble error={command.error} />
      </form>
    </details>
  );
}
