import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { type FindingRow, type FindingState, listFindings, type Severity } from '../api/generated/client.ts';
import { go, Link, useAddress } from '../lib/router.tsx';
import { splitMessage } from '../lib/split-message.ts';
import { useListKeys } from '../lib/use-list-keys.ts';
import { Empty } from '../parts/empty.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { MoreButton } from '../parts/more-button.tsx';
import { Page } from '../parts/page.tsx';
import { SeverityMark } from '../parts/severity-mark.tsx';
import { StateChip } from '../parts/state-chip.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

const severities: readonly Severity[] = ['Critical', 'High', 'Medium', 'Low', 'Informational'];
const kinds = ['detection', 'compliance', 'vulnerability', 'data-security'] as const;
const states: readonly FindingState[] = ['open', 'acknowledged', 'suppressed', 'resolved', 'retracted'];

export function Findings() {
  const search = new URLSearchParams(useAddress().split('?')[1] ?? '');
  const state = states.find((known) => known === search.get('state'));
  const severity = severities.find((known) => known === search.get('severity'));
  const kind = kinds.find((known) => known === search.get('kind'));
  const [text, setText] = useState('');
  const query = useInfiniteQuery({
    queryKey: ['findings', state ?? '', severity ?? '', kind ?? ''],
    queryFn: ({ pageParam }) => listFindings({ state, severity, kind, order: 'gravest', after: pageParam, limit: 200 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const rows = useMemo(() => withWords(query.data?.pages.flatMap((page) => page.items) ?? [], text), [query.data, text]);
  const list = useListKeys<HTMLTableSectionElement>();
  const filter = (name: string, value: string) => {
    if (value === '') search.delete(name);
    else search.set(name, value);
    go(search.size === 0 ? '/findings' : `/findings?${search.toString()}`, 'replace');
  };
  return (
    <Page
      title="Findings"
      lead={
        <p>
          What was found in logs and settings, the gravest first. <Link to="/coverage">What AWS's own services saw beside it</Link> ·{' '}
          <Link to="/risks">What it means as risks</Link>
        </p>
      }
    >
      <form className="filters" onSubmit={(event) => event.preventDefault()}>
        <label className="field">
          Found in
          <select value={kind ?? ''} onChange={(event) => filter('kind', event.target.value)}>
            <option value="">Logs and settings</option>
            <option value="detection">Logs: what somebody did</option>
            <option value="compliance">Settings: what stands</option>
            <option value="vulnerability">Packages: what has flaws</option>
            <option value="data-security">Data: what lies where</option>
          </select>
        </label>
        <label className="field">
          Severity
          <select value={severity ?? ''} onChange={(event) => filter('severity', event.target.value)}>
            <option value="">All</option>
            {severities.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="field">
          State
          <select value={state ?? ''} onChange={(event) => filter('state', event.target.value)}>
            <option value="">All</option>
            {states.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="field grow">
          Words
          <input
            type="search"
            value={text}
            onChange={(event) => setText(event.target.value)}
            placeholder="message, rule, technique, account"
            autoComplete="off"
          />
        </label>
      </form>
      <Loaded query={query}>
        {() =>
          rows.length === 0 ? (
            <Empty
              title={
                state === undefined && severity === undefined && text === '' && kind === undefined
                  ? 'Nothing has been found.'
                  : 'Nothing matches.'
              }
            >
              {state === undefined && severity === undefined && text === '' && kind === undefined
                ? 'No rule has matched an event, and no control has failed.'
                : 'No finding has what the filter asks for.'}
            </Empty>
          ) : (
            <>
              <p className="quiet small" role="status">
                {rows.length === 1 ? 'One finding' : `${rows.length} findings`}
                {query.hasNextPage ? ', and more' : ''}
              </p>
              <table className="list stacks rows rows-findings">
                <caption className="unseen">Findings, the gravest first</caption>
                <thead>
                  <tr>
                    <th scope="col">Severity</th>
                    <th scope="col">Finding</th>
                    <th scope="col">Account</th>
                    <th scope="col">When</th>
                    <th scope="col">State</th>
                  </tr>
                </thead>
                <tbody ref={list}>
                  {rows.map((row) => (
                    <Row key={row.finding.id} row={row} />
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

function Row({ row: { finding, state } }: { readonly row: FindingRow }) {
  const { what, rest } = splitMessage(finding.message, finding.rule.title);
  return (
    <tr className="row-link">
      <td data-label="Severity">
        <SeverityMark severity={finding.severity} />
      </td>
      <td data-label="Finding">
        <Link to={`/findings/${finding.id}`} data-row className="cover">
          <Visible text={what} />
        </Link>
        <small>
          <Visible
            text={[rest === '' && what !== finding.rule.title ? finding.rule.title : rest, finding.rule.techniques.join(', ')]
              .filter((part) => part !== '')
              .join(' · ')}
          />
        </small>
      </td>
      <td data-label="Account" className="nowrap">
        <Visible text={finding.account} />{' '}
        <small>
          <Visible text={finding.region} />
        </small>
      </td>
      <td data-label="When">{finding.kind !== 'detection' ? <span className="quiet">stands now</span> : <When at={finding.lastTime} />}</td>
      <td data-label="State">
        <StateChip state={state} />
      </td>
    </tr>
  );
}

function withWords(rows: readonly FindingRow[], text: string): readonly FindingRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(({ finding }) => {
    const where = [
      finding.message,
      finding.rule.id,
      finding.rule.title,
      ...finding.rule.techniques,
      finding.account,
      finding.region,
      ...finding.resources.map((resource) => resource.uid),
    ]
      .join('\n')
      .toLowerCase();
    return words.every((word) => where.includes(word));
  });
}
