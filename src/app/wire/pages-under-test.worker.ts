/**
 * A worker for the test of dying workers: node pages-under-test.worker.ts URL TENANT NOW WHEN_TO_DIE. It raises and follows pages until nothing changes, at the time NOW,
 * and is killed by the n-th commit that it hears of; 0: never.
 */
import pg from 'pg';
import { openStore } from '../../edge/postgres/open-store.ts';
import { readChannels } from '../notify/read-channels.ts';
import { followPages } from '../on-call/follow-pages.ts';
import { raisePages } from '../on-call/raise-pages.ts';

const [url = '', tenant = '', now = '0', whenToDie = '0'] = process.argv.slice(2);

let commits = 0;
const query = pg.Client.prototype.query as (...args: unknown[]) => unknown;
pg.Client.prototype.query = function deadly(this: pg.Client, ...args: unknown[]): unknown {
  const [text] = args;
  const result = query.apply(this, args);
  const said = typeof text === 'string' ? text : ((text as { readonly text?: string } | undefined)?.text ?? '');
  if (whenToDie !== '0' && /^\s*commit/i.test(said) && result instanceof Promise)
    return result.then((done: unknown) => {
      if (++commits === Number(whenToDie)) process.kill(process.pid, 'SIGKILL');
      return done;
    });
  return result;
} as typeof pg.Client.prototype.query;

const channels = readChannels(
  'channels:\n  chat: { kind: slack, token: "file:t" }\npeople:\n  alice: { chat: U1 }\n  bob: { chat: U2 }\n  carol: { chat: U3 }\n',
  'channels.yml',
);
const store = await openStore({ url });
const deps = { tenant, store, clock: { now: () => Number(now) }, channels: async () => channels };
for (let round = 0; round < 2; round++) {
  await raisePages(deps);
  await followPages(deps);
}
await store.close();
