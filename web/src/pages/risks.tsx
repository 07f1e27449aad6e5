import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Risks, readRisks } from '../api/generated/client.ts';
import { Link } from '../lib/router.tsx';
import { Empty } from '../parts/empty.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { RiskMatrix } from '../parts/risk-matrix.tsx';
import { Section } from '../parts/section.tsx';
import { SeverityMark } from '../parts/severity-mark.tsx';
import { TrendPicture } from '../parts/trend-picture.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

const treatmentWords = { open: 'open', waiting: 'waits for a person', accepted: 'accepted', mitigated: 'contained' } as const;

/** The risk register: how likely and how bad, what is done about it, and how it went over three months. */
export function RisksPage() {
  const [unit, setUnit] = useState('');
  const query = useQuery({
    queryKey: ['findings', 'risks', unit],
    queryFn: () => readRisks({ days: 90, ...(unit === '' ? {} : { unit }) }),
  });
  const units = query.data?.units ?? [];
  return (
    <Page
      title="Risks"
      lead={<p>Open findings by part of the business, account and kind of loss. Likelihood and impact are those of the gravest finding.</p>}
    >
      {units.length === 0 && unit === '' ? null : (
        <form className="filters" onSubmit={(event) => event.preventDefault()}>
          <label className="field">
            Part of the business
            <select value={unit} onChange={(event) => setUnit(event.target.value)}>
              <option value="">All</option>
              {units.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        </form>
      )}
      <Loaded query={query}>
        {({ risks, trend }) => (
          <>
            <div className="risk-pictures">
              <RiskMatrix risks={risks} />
              <Section title="Open at the end of each day">
                <TrendPicture trend={trend} />
              </Section>
            </div>
            {risks.length === 0 ? (
              <Empty title="No finding is open.">Risks appear here while findings are open or accepted.</Empty>
            ) : (
              <Register risks={risks} />
            )}
            <Accepted risks={risks} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Register({ risks }: Pick<Risks, 'risks'>) {
  return (
    <table className="list stacks risk-list">
      <caption className="unseen">Risks, the gravest first</caption>
      <thead>
        <tr>
          <th scope="col">Risk</th>
          <th scope="col">Where</th>
          <th scope="col">Loss</th>
          <th scope="col">Gravest finding</th>
          <th scope="col">Treatment</th>
          <th scope="col">Owner</th>
          <th scope="col">Since</th>
        </tr>
      </thead>
      <tbody>
        {risks.map((row) => (
          <tr key={row.id}>
            <td data-label="Risk" className="tabular">
              <b>{row.risk}</b>
              <small>
                {row.likelihood} × {row.impact}
              </small>
            </td>
            <td data-label="Where">
              <Visible text={row.unit ?? row.account} />
              {row.unit === null ? null : (
                <small>
                  <Visible text={row.account} />
                </small>
              )}
            </td>
            <td data-label="Loss">
              <span>{row.loss}</span>
            </td>
            <td data-label="Gravest finding">
              <SeverityMark severity={row.severity} />{' '}
              <Link to={`/findings/${row.gravest.finding}`}>
                <Visible text={row.gravest.title} />
              </Link>
              {row.findings === 1 ? null : <small>and {row.findings - 1} more</small>}
            </td>
            <td data-label="Treatment">
              {treatmentWords[row.treatment]}
              {row.findings === 1 ? null : <small>{countsOf(row.treatments)}</small>}
            </td>
            <td data-label="Owner">
              {row.owners.length === 0 ? <span className="quiet">nobody</span> : <Visible text={row.owners.join(', ')} />}
            </td>
            <td data-label="Since">
              <When at={row.since} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function countsOf(treatments: Risks['risks'][number]['treatments']): string {
  const names = ['open', 'waiting', 'accepted', 'mitigated'] as const;
  return names
    .filter((name) => treatments[name] > 0)
    .map((name) => `${treatments[name]} ${name === 'mitigated' ? 'contained' : name}`)
    .join(', ');
}

function Accepted({ risks }: Pick<Risks, 'risks'>) {
  const accepted = risks.flatMap(({ id, account, accepted: all }) =>
    all.map((one) => ({ key: `${id} ${one.rule} ${one.expires}`, account, ...one })),
  );
  if (accepted.length === 0) return null;
  return (
    <Section title="What tolerance accepts">
      <ul>
        {accepted.map(({ key, account, rule, owner, reason, expires }) => (
          <li key={key}>
            <code>
              <Visible text={rule} />
            </code>{' '}
            in <Visible text={account} />, accepted by <Visible text={owner} /> until {new Date(expires).toISOString().slice(0, 10)}:{' '}
            <Visible text={reason} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
