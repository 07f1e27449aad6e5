import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type IncidentRow, listDeclared, listIncidents } from '../api/generated/client.ts';
import { go, Link, useAddress } from '../lib/router.tsx';
import { tacticName } from '../lib/tactics.ts';
import { useListKeys } from '../lib/use-list-keys.ts';
import { DeclareButton } from '../parts/declare-button.tsx';
import { Empty } from '../parts/empty.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { MoreButton } from '../parts/more-button.tsx';
import { Page } from '../parts/page.tsx';
import { PagesChip } from '../parts/pages-chip.tsx';
import { SeverityMark } from '../parts/severity-mark.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

export function Incidents() {
  const all = new URLSearchParams(useAddress().split('?')[1] ?? '').get('all') === 'true';
  const query = useInfiniteQuery({
    queryKey: ['incidents', all],
    queryFn: ({ pageParam }) => listIncidents({ ...(all ? {} : { open: 'true' }), after: pageParam, limit: 200 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const list = useListKeys<HTMLTableSectionElement>();
  return (
    <Page
      title="Incidents"
      lead={<p>Findings that belong to one attack, by what they share. One attack is one page, and weak signals do not page.</p>}
    >
      <form className="filters" onSubmit={(event) => event.preventDefault()}>
        <label className="field">
          Which
          <select
            value={all ? 'all' : 'open'}
            onChange={(event) => go(event.target.value === 'all' ? '/incidents?all=true' : '/incidents', 'replace')}
          >
            <option value="open">With an open finding</option>
            <option value="all">All</option>
          </select>
        </label>
        <DeclareButton incident={null} title="" />
      </form>
      <DeclaredBefore />
      <Loaded query={query}>
        {() =>
          rows.length === 0 ? (
            <Empty title={all ? 'There has been no incident.' : 'No incident is open.'}>
              Findings become an incident when one of them is grave, or when several share a principal, a session or a resource.
            </Empty>
          ) : (
            <>
              <p className="quiet small" role="status">
                {rows.length === 1 ? 'One incident' : `${rows.length} incidents`}
                {query.hasNextPage ? ', and more' : ''}
              </p>
              <table className="list stacks rows rows-findings">
                <caption className="unseen">Incidents, those that page first</caption>
                <thead>
                  <tr>
                    <th scope="col">Severity</th>
                    <th scope="col">Incident</th>
                    <th scope="col">Account</th>
                    <th scope="col">Last seen</th>
                    <th scope="col">Pages</th>
                  </tr>
                </thead>
                <tbody ref={list}>
                  {rows.map((row) => (
                    <Row key={row.incident.id} row={row} />
                  ))}
                </tbody>
              </table>
              <MoreButton query={query} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

/** Those that were declared and are over: their war rooms are kept. Those that are open stand above every page. */
function DeclaredBefore() {
  const query = useQuery({ queryKey: ['declared', 'all'], queryFn: () => listDeclared({ all: 'true' }) });
  const over = (query.data?.items ?? []).filter(({ incident }) => incident.state === 'closed');
  if (over.length === 0) return null;
  return (
    <details>
      <summary>{over.length === 1 ? 'One that was declared is closed' : `${over.length} that were declared are closed`}</summary>
      <ul className="plain">
        {over.map(({ incident }) => (
          <li key={incident.id}>
            <Link to={`/declared/${incident.id}`}>
              <Visible text={incident.title} />
            </Link>{' '}
            <small className="quiet">
              {incident.closed === null ? null : <When at={incident.closed.at} />} · <Visible text={incident.commander ?? ''} />
            </small>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Row({ row: { incident } }: { readonly row: IncidentRow }) {
  const n = incident.members.length + incident.left.members;
  const accounts = incident.accounts.length + incident.left.accounts;
  return (
    <tr className="row-link">
      <td data-label="Severity">
        <SeverityMark severity={incident.severity} />
      </td>
      <td data-label="Incident">
        <Link to={`/incidents/${incident.id}`} data-row className="cover">
          <Visible text={incident.title} />
        </Link>
        <small>{[n === 1 ? 'one finding' : `${n} findings`, ...incident.tactics.map(tacticName)].join(' · ')}</small>
      </td>
      <td data-label="Account" className="nowrap">
        <Visible text={incident.accounts[0] ?? ''} /> {accounts > 1 ? <small>and {accounts - 1} more</small> : null}
      </td>
      <td data-label="Last seen">
        <When at={incident.lastTime} />
      </td>
      <td data-label="Pages">
        <PagesChip pages={incident.pages} />
      </td>
    </tr>
  );
}
