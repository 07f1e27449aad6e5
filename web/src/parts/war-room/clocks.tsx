import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type ClockView, listObligations, type Obligation } from '../../api/generated/client.ts';
import { countdown, moment, zone } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { useWish } from '../../lib/use-wish.ts';
import { Section } from '../section.tsx';
import { TextField } from '../text-field.tsx';
import { Trouble } from '../trouble.tsx';
import { Visible } from '../visible.tsx';
import { When } from '../when.tsx';
import { WishButton } from './wish-button.tsx';

/** The clocks of the law and of contracts, what ends next first. */
export function Clocks({
  id,
  clocks,
  isCommander,
  isOver,
}: {
  readonly id: string;
  readonly clocks: readonly ClockView[];
  readonly isCommander: boolean;
  readonly isOver: boolean;
}) {
  return (
    <Section title="Clocks" aside={<span className="quiet small">a help to keep time by, and no legal advice</span>}>
      {clocks.length === 0 ? (
        <p className="quiet">None runs. Start those of each law and contract that may bind you: it can be taken back.</p>
      ) : null}
      <ul className="plain clocks">
        {clocks.map((clock) => (
          <Clock key={clock.id} id={id} clock={clock} isCommander={isCommander} />
        ))}
      </ul>
      {isOver ? null : <StartClocks id={id} />}
    </Section>
  );
}

/** A twelfth of the time, as the last reminder. */
const pressing = 12;

function Clock({ id, clock, isCommander }: { readonly id: string; readonly clock: ClockView; readonly isCommander: boolean }) {
  const now = useNow();
  const { state, end, from, title, to, says, keeper, met, waived } = clock;
  const isOpen = state === 'running' || state === 'over' || state === 'waiting';
  const left = end === null ? null : end - now;
  const isPressing = left !== null && from !== null && end !== null && left <= (end - from) / pressing;
  return (
    <li className={`clock clock-${isOpen && left !== null && left <= 0 ? 'over' : isOpen && isPressing ? 'pressing' : state}`}>
      <p className="clock-left">
        {!isOpen ? (
          state === 'waived' ? (
            'does not apply'
          ) : state === 'met' ? (
            'met'
          ) : (
            'met late'
          )
        ) : left === null ? (
          'waits'
        ) : (
          <>
            <b className="tabular">{countdown(left)}</b> <span>{left > 0 ? 'left' : 'over'}</span>
          </>
        )}
      </p>
      <div>
        <h3>
          <Visible text={title} />
        </h3>
        <p className="small quiet">
          {end === null ? 'Runs when the one before it is met' : <EndOf end={end} now={now} />} · to <Visible text={to} />
          {keeper === null ? ' · the commander keeps it' : null}
          {keeper === null ? null : (
            <>
              {' · '}
              <Visible text={keeper} /> keeps it
            </>
          )}
        </p>
        {met === null ? null : (
          <p className="small">
            <When at={met.time} />, says <Visible text={met.by} />: <Visible text={met.note} />
          </p>
        )}
        {waived === null ? null : (
          <p className="small">
            Says <Visible text={waived.by} />: <Visible text={waived.note} />
          </p>
        )}
        {isOpen ? (
          <details className="small">
            <summary>What it wants, and from where</summary>
            <p>
              <Visible text={says} />
            </p>
            <p>
              <Visible text={clock.runs} /> <Visible text={clock.care} />
            </p>
            <p className="quiet">
              {clock.source.url.startsWith('https://') ? (
                <a href={clock.source.url} rel="noreferrer">
                  <Visible text={clock.source.cites} />
                </a>
              ) : (
                <Visible text={clock.source.cites} />
              )}
            </p>
          </details>
        ) : null}
      </div>
      {isOpen ? (
        <div className="clock-do">
          {end === null ? null : (
            <WishButton
              id={id}
              label="It is met"
              name={`It is met: ${title}`}
              said="The clock is met."
              wish={(note) => ({ do: 'meet', clock: clock.id, time: null, note })}
              ask={{ title: 'Was it reported?', field: 'To whom, and under which number' }}
            />
          )}
          <WishButton
            id={id}
            label="Who keeps it"
            name={`Who keeps it: ${title}`}
            said="It has a keeper."
            wish={(person) => ({ do: 'keep', clock: clock.id, keeper: person })}
            ask={{ title: 'Who keeps this clock?', field: 'Name, as in channels.yml' }}
          />
          {isCommander ? (
            <WishButton
              id={id}
              label="Does not apply"
              name={`Does not apply: ${title}`}
              said="The clock does not apply."
              wish={(note) => ({ do: 'waive', clock: clock.id, note })}
              ask={{ title: 'Why does it not apply?', field: 'Why, and who says so' }}
            />
          ) : null}
        </div>
      ) : null}
    </li>
  );
}

function EndOf({ end, now }: { readonly end: number; readonly now: number }) {
  return (
    <time dateTime={new Date(end).toISOString()} title={new Date(end).toISOString()} className="tabular">
      ends {moment(end, now).replace(/:\d\d$/, '')} {zone(end)}
    </time>
  );
}

function momentsOf({ duties }: Obligation): readonly string[] {
  return [...new Set(duties.flatMap(({ ends }) => ends.map(({ from }) => from)))].filter((from) => !from.startsWith('met:'));
}

const momentWords: { readonly [moment: string]: string } = {
  aware: 'Known with reasonable certainty since',
  discovered: 'Discovered on',
  classified: 'Classified as major at',
  determined: 'Determined to be material, or reportable, at',
};

function StartClocks({ id }: { readonly id: string }) {
  const query = useQuery({ queryKey: ['obligations'], queryFn: listObligations });
  const [which, setWhich] = useState('');
  const [times, setTimes] = useState<{ readonly [moment: string]: string }>({});
  const [name, setName] = useState('');
  const [hours, setHours] = useState('24');
  const command = useWish(id);
  const obligation = query.data?.items.find((one) => one.id === which);
  const isContract = which === 'contract';
  const moments = isContract ? ['aware'] : obligation === undefined ? [] : momentsOf(obligation);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const known = moments.flatMap((one) => {
      const time = Date.parse(times[one] ?? '');
      return Number.isNaN(time) ? [] : [[one, time] as const];
    });
    command.mutate(
      {
        wish: {
          do: 'start-clocks',
          obligation: isContract ? null : which,
          contract: isContract ? { name, to: '', hours: Number(hours) } : null,
          moments: Object.fromEntries(known),
        },
        said: 'The clocks run.',
      },
      { onSuccess: () => setWhich('') },
    );
  };
  return (
    <details className="start-clocks">
      <summary>Start clocks</summary>
      <form onSubmit={submit}>
        <div className="filters">
          <label className="field">
            Of
            <select value={which} onChange={(event) => setWhich(event.target.value)} required>
              <option value="">…</option>
              {query.data?.items.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.title}
                </option>
              ))}
              <option value="contract">A contract</option>
            </select>
          </label>
          {isContract ? (
            <>
              <TextField label="With whom, and where it stands" value={name} most={200} onText={setName} />
              <label className="field">
                Hours
                <input type="number" min={0} max={8784} value={hours} onChange={(event) => setHours(event.target.value)} required />
              </label>
            </>
          ) : null}
          {moments.map((one) => (
            <label key={one} className="field">
              {momentWords[one] ?? one} ({zone(Date.now())})
              <input
                type="datetime-local"
                value={times[one] ?? ''}
                onChange={(event) => setTimes({ ...times, [one]: event.target.value })}
              />
            </label>
          ))}
          <button type="submit" className="button" disabled={command.isPending || which === ''}>
            Start
          </button>
        </div>
        {obligation === undefined ? null : (
          <p className="small quiet prose">
            {obligation.binds} {obligation.runs} {obligation.care}
          </p>
        )}
        <Trouble error={command.error} />
      </form>
    </details>
  );
}
