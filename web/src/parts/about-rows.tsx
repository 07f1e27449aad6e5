import type { AboutRow } from '../api/generated/client.ts';
import { Visible } from './visible.tsx';

/** What is known of what a finding is about, with where each fact is known from. */
export function AboutRows({ rows }: { readonly rows: readonly AboutRow[] }) {
  return (
    <dl className="about">
      {rows.map((row) => (
        <div key={row.name} className={row.says === 'unknown' ? 'about-unknown' : ''} data-level={row.level ?? undefined}>
          <dt>{row.name}</dt>
          <dd>
            <Visible text={row.says} />
            {row.level === null ? (
              row.facts.map((fact) => <From key={fact.says} from={fact.from} />)
            ) : row.facts.length + row.unknown.length === 0 ? null : (
              <ul className="plain small">
                {row.facts.map((fact) => (
                  <li key={`${fact.says} ${fact.from}`}>
                    <Visible text={fact.says} /> <From from={fact.from} />
                  </li>
                ))}
                {row.more === 0 ? null : <li className="quiet">and {row.more} more</li>}
                {row.unknown.map((text) => (
                  <li key={text} className="quiet">
                    not known: <Visible text={text} />
                  </li>
                ))}
              </ul>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function From({ from }: { readonly from: string }) {
  return (
    <small className="quiet">
      {' '}
      <Visible text={from} />
    </small>
  );
}
