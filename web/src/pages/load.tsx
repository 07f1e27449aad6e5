import { useQuery } from '@tanstack/react-query';
import { type LoadReport, readLoad } from '../api/generated/client.ts';
import { length } from '../lib/time.ts';
import { Empty } from '../parts/empty.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Section } from '../parts/section.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

type Row = LoadReport['whole'];

/** What the shifts of two weeks have brought to people. */
export function LoadPage() {
  const query = useQuery({ queryKey: ['on-call', 'load'], queryFn: () => readLoad({ days: 14 }) });
  return (
    <Page
      title="Load"
      lead={
        <>
          <p>What automation has asked of people in each shift of the last two weeks, and what it did without them.</p>
          {query.data === undefined ? null : <Numbers whole={query.data.whole} />}
        </>
      }
    >
      <Loaded query={query}>
        {({ shifts, budget }) => {
          const busy = shifts.filter(isBusy);
          return (
            <>
              {busy.length === 0 ? (
                <Empty title="Nothing has happened yet.">Shifts appear here when events are read, findings decided, or people asked.</Empty>
              ) : (
                <Shifts shifts={busy} budget={budget} />
              )}
              <Causes shifts={shifts.filter(({ beyond }) => beyond > 0)} budget={budget} />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Numbers({ whole }: { readonly whole: Row }) {
  const figures = [
    [String(whole.judgements + whole.apart), 'judgements'],
    [String(whole.repeats), 'asked before'],
    [String(whole.pages), 'pages'],
    [String(Math.round(whole.worked / 60_000)), 'minutes of people'],
    [shareOf(whole), 'of findings without a person'],
    [perMillion(whole), 'judgements in a million events'],
  ] as const;
  return (
    <dl className="numbers">
      {figures.map(([n, says]) => (
        <div key={says} className="number">
          <dt>{says}</dt>
          <dd className="tabular">{n}</dd>
        </div>
      ))}
    </dl>
  );
}

function Shifts({ shifts, budget }: { readonly shifts: LoadReport['shifts']; readonly budget: number }) {
  return (
    <table className="list stacks rows">
      <caption className="unseen">Shifts, the latest first</caption>
      <thead>
        <tr>
          <th scope="col">Shift from</th>
          <th scope="col">Judgements</th>
          <th scope="col">Asked before</th>
          <th scope="col">Pages</th>
          <th scope="col">Taken within</th>
          <th scope="col">Minutes</th>
          <th scope="col">Without a person</th>
          <th scope="col">Events</th>
        </tr>
      </thead>
      <tbody>
        {shifts.map((row) => (
          <tr key={row.shift.from}>
            <td data-label="Shift from">
              <When at={row.shift.from} />
            </td>
            <td data-label="Judgements">
              <span className={row.beyond > 0 ? 'tabular health-blind' : 'tabular'}>
                {row.judgements} of {budget}
              </span>
              {row.apart > 0 ? <small>and {row.apart} of incidents</small> : null}
            </td>
            <td data-label="Asked before">{row.repeats}</td>
            <td data-label="Pages">{row.pages}</td>
            <td data-label="Taken within">{row.takenWithin === null ? '–' : length(row.takenWithin)}</td>
            <td data-label="Minutes">{Math.round(row.worked / 60_000)}</td>
            <td data-label="Without a person">
              {shareOf(row)}
              {row.decided > row.open ? <small>of {row.decided - row.open}</small> : null}
              {row.open > 0 ? <small>{row.open} still open</small> : null}
            </td>
            <td data-label="Events" className="tabular">
              {row.events.toLocaleString('en')}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Causes({ shifts, budget }: { readonly shifts: LoadReport['shifts']; readonly budget: number }) {
  if (shifts.length === 0) return null;
  return (
    <Section title="What asked too much">
      {shifts.map(({ shift, judgements, causes }) => (
        <div key={shift.from}>
          <p>
            {judgements} judgements of {budget} in the shift from <When at={shift.from} />:
          </p>
          <ul>
            {causes.map(({ rule, guardrails, n }) => (
              <li key={rule + guardrails.join()}>
                <code>
                  <Visible text={rule} />
                </code>{' '}
                asked {n === 1 ? 'once' : `${n} times`}
                {guardrails.length === 0 ? '' : `, held back by ${guardrails.join(', ')}`}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </Section>
  );
}

function isBusy({ judgements, apart, pages, decided, events }: Row): boolean {
  return judgements + apart + pages + decided + events > 0;
}

function shareOf({ decided, open, alone }: Row): string {
  const over = decided - open;
  return over <= 0 ? '–' : `${((100 * alone) / over).toFixed(1)}%`;
}

function perMillion({ judgements, apart, events }: Row): string {
  return events === 0 ? '–' : ((1e6 * (judgements + apart)) / events).toFixed(2);
}
