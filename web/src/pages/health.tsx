import { useQuery } from '@tanstack/react-query';
import { type AccountHealth, type HealthOverview, type HealthState, readAccountHealth, readHealth } from '../api/generated/client.ts';
import { Link } from '../lib/router.tsx';
import { useListKeys } from '../lib/use-list-keys.ts';
import { Empty } from '../parts/empty.tsx';
import { HealthChip } from '../parts/health-chip.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Section } from '../parts/section.tsx';
import { Visible } from '../parts/visible.tsx';

const states: readonly HealthState[] = ['working', 'blind', 'disarmed'];
const lead = (
  <p>
    <b>Working</b>: what comes is judged, and the playbook may answer. <b>Blind</b>: it does not come, or not wholly. <b>Disarmed</b>: it
    comes, and the playbook may not, or cannot, do anything.
  </p>
);

/** Each account with what works, what is blind and what is disarmed, and why. */
export function HealthPage() {
  const query = useQuery({ queryKey: ['health'], queryFn: readHealth });
  const list = useListKeys<HTMLTableSectionElement>();
  return (
    <Page title="Health" lead={lead}>
      <Loaded query={query}>
        {({ accounts }) =>
          accounts.length === 0 ? (
            <Empty title="No account is known yet.">They appear when the first inventory is taken, or the first log is read.</Empty>
          ) : (
            <table className="list stacks rows">
              <caption className="unseen">Accounts, and how many pairs of source and playbook are in each state</caption>
              <thead>
                <tr>
                  <th scope="col">Account</th>
                  {states.map((state) => (
                    <th key={state} scope="col" className="capital">
                      {state}
                    </th>
                  ))}
                  <th scope="col">Why</th>
                </tr>
              </thead>
              <tbody ref={list}>
                {accounts.map((row) => (
                  <Row key={row.account} row={row} />
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
    </Page>
  );
}

function Row({ row: { account, counts, reasons, sources } }: { readonly row: HealthOverview['accounts'][number] }) {
  const silent = sources.filter(({ state }) => state === 'blind').map(({ source }) => source.replace('aws.', ''));
  return (
    <tr className="row-link">
      <td data-label="Account">
        <Link to={`/health/${account}`} data-row className="cover tabular">
          {account}
        </Link>
      </td>
      {states.map((state) => (
        <td key={state} data-label={state}>
          <span className={counts[state] > 0 && state !== 'working' ? `tabular health-${state}` : 'tabular'}>{counts[state]}</span>
        </td>
      ))}
      <td data-label="Why">
        {reasons.slice(0, 4).map(({ state, reason, n }) => (
          <small key={state + reason} className="block">
            <Visible text={reason} /> ({n})
          </small>
        ))}
        {silent.length === 0 ? null : <small className="block quiet">blind: {silent.join(', ')}</small>}
      </td>
    </tr>
  );
}

/** One account: each source, with its playbooks. */
export function AccountHealthPage({ account }: { readonly account: string }) {
  const query = useQuery({ queryKey: ['health', account], queryFn: () => readAccountHealth(account) });
  return (
    <Page title={`Health of ${account}`} lead={lead}>
      <Loaded query={query}>
        {(health) => (
          <>
            {health.sources.map((source) => (
              <Source key={source.source} health={health} source={source} />
            ))}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Source({
  health,
  source: { source, state, reason },
}: {
  readonly health: AccountHealth;
  readonly source: AccountHealth['sources'][number];
}) {
  const own = health.playbooks.filter((one) => one.source === source && one.playbook !== null);
  return (
    <Section title={source === 'settings' ? 'Settings' : source} aside={<HealthChip state={state} />}>
      {reason === '' ? null : (
        <p>
          <Visible text={reason} />
        </p>
      )}
      {own.length === 0 ? (
        <p className="quiet">No playbook answers what it shows: a person is asked.</p>
      ) : (
        <ul className="plain health-playbooks">
          {own.map(({ playbook, state: does, reason: why }) => (
            <li key={playbook}>
              <HealthChip state={does} /> <code>{playbook}</code>
              {why === '' || does === 'blind' ? null : (
                <small className="quiet">
                  {' '}
                  <Visible text={why} />
                </small>
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
