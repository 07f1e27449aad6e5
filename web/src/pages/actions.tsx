import { useQuery } from '@tanstack/react-query';
import { type ActionState, listActions } from '../api/generated/client.ts';
import { go, useAddress } from '../lib/router.tsx';
import { useListKeys } from '../lib/use-list-keys.ts';
import { Empty } from '../parts/empty.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Timeline } from '../parts/timeline.tsx';

const states: readonly ActionState[] = [
  'planned',
  'running',
  'verified',
  'unverified',
  'failed',
  'refused',
  'dry-run',
  'undoing',
  'undone',
  'undo-asks',
  'undo-failed',
];

export function Actions() {
  const search = new URLSearchParams(useAddress().split('?')[1] ?? '');
  const state = states.find((known) => known === search.get('state'));
  const query = useQuery({ queryKey: ['actions', state ?? ''], queryFn: () => listActions({ state, limit: 200 }) });
  const list = useListKeys<HTMLDivElement>();
  return (
    <Page title="Actions" lead={<p>What was done, by automation or after a person approved it, the newest first.</p>}>
      <form className="filters" onSubmit={(event) => event.preventDefault()}>
        <label className="field">
          State
          <select
            value={state ?? ''}
            onChange={(event) => go(event.target.value === '' ? '/actions' : `/actions?state=${event.target.value}`, 'replace')}
          >
            <option value="">All</option>
            {states.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </form>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={state === undefined ? 'Nothing had to be done.' : 'No action is in this state.'}>
              Each action will be here with its plan, what it changed, and the way to undo it.
            </Empty>
          ) : (
            <div ref={list}>
              <Timeline actions={items} />
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}
