import { describe, expect, test } from 'vitest';
import { healthExample } from '../../core/collect/reports/examples.ts';
import { CloudError } from '../../core/model/errors.ts';
import type { Json } from '../../core/model/json.ts';
import type { Cloud, CloudCall } from '../../core/ports/cloud.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import type { SourceRead } from '../read-sources.ts';
import { sourceCoverage } from '../source-coverage.ts';
import { everySource } from './read-sources.ts';

const [own, management, member] = ['111122223333', '222233334444', '444455556666'];
const tenant = 'default';

/** An organization whose view of AWS Health these accounts have; the API of AWS Health answers those of `plans`. */
function organization(views: readonly string[], plans: readonly string[] = [own, management, member]) {
  const calls: CloudCall[] = [];
  const arn = healthExample()['eventArn'] ?? '';
  const event = {
    arn,
    service: 'RISK',
    eventTypeCode: 'AWS_RISK_CREDENTIALS_EXPOSED',
    region: 'us-east-1',
    statusCode: 'open',
    startTime: '2026-01-05T08:00:00Z',
  };
  const answers: { readonly [action: string]: Json } = {
    'organizations:DescribeOrganization': { Organization: { MasterAccountId: management } },
    'health:DescribeEventsForOrganization': { events: [event] },
    'health:DescribeAffectedAccountsForOrganization': { affectedAccounts: [member] },
    'health:DescribeEventDetailsForOrganization': { successfulSet: [{ awsAccountId: member, event }] },
    'health:DescribeAffectedEntitiesForOrganization': {
      entities: [{ eventArn: arn, awsAccountId: member, entityValue: 'AKIAIOSFODNN7EXAMPLE' }],
    },
  };
  const cloud: Cloud = {
    call: async (call) => {
      calls.push(call);
      const { account, action } = call;
      if (action.startsWith('health:') && !plans.includes(account))
        throw new CloudError('denied', 'SubscriptionRequiredException', action, 'no support plan');
      if (action.endsWith('ForOrganization') && !views.includes(account))
        throw new CloudError('denied', 'AccessDeniedException', action, 'no view');
      return answers[action] ?? {};
    },
    self: async () => null,
    accounts: async () => [own, member, management].map((id) => ({ id, name: id })),
    members: async () => null,
    regions: async () => ['us-east-1', 'eu-central-1'],
    close: async () => {},
  };
  return { cloud, calls, store: memoryStore() };
}

async function readAll({ cloud, store }: ReturnType<typeof organization>) {
  const all: SourceRead[] = [];
  for await (const reads of everySource({ tenant, store, cloud, clock: { now: () => Date.UTC(2026, 0, 6) } }, null)) all.push(...reads);
  return all;
}
const asked = (world: ReturnType<typeof organization>, action: string) =>
  world.calls.filter((call) => call.action === `health:${action}`).map(({ account }) => account);
const health = async ({ store }: ReturnType<typeof organization>) =>
  (await sourceCoverage({ tenant, store }))
    .filter(({ source }) => source === 'health')
    .map(({ account, seen, readAt, unread }) => [account, seen, readAt !== null, unread]);

describe('AWS Health of a whole organization', () => {
  test.each([
    ['the management account', [management], [own]],
    ['the account that it was delegated to', [own], []],
  ])('is read from %s, and no other account is asked for itself', async (_, views, askedBefore) => {
    const world = organization(views);
    const reads = await readAll(world);
    expect(asked(world, 'DescribeEvents')).toEqual([...askedBefore, ...views]);
    expect(
      reads
        .filter(({ organization: all }) => all)
        .map(({ told, outcome }) => [told, outcome.read])
        .at(-1),
    ).toEqual([1, true]);
    expect(await health(world)).toEqual(expect.arrayContaining([[member, 1, true, []]]));
    expect((await world.store.within(tenant, (tx) => tx.findings.list({ limit: 9 }))).map(({ finding }) => finding.account)).toEqual([
      member,
    ]);
  });

  test('is read of each account where nobody has the view, as before', async () => {
    const world = organization([]);
    await readAll(world);
    expect(asked(world, 'DescribeEvents').sort()).toEqual([own, management, member]);
    expect((await health(world)).map(([, , read, unread]) => [read, unread])).toEqual([
      [true, []],
      [true, []],
      [true, []],
    ]);
  });

  test('without a support plan is said in one sentence, and stops nothing else', async () => {
    const world = organization([], []);
    const reads = await readAll(world);
    expect(reads.filter(({ source, outcome }) => source === 'guardduty' && outcome.read)).toHaveLength(6);
    const { whyUnread } = await import('../../core/collect/reports/read-sources.ts');
    const why = reads.flatMap(({ source, outcome }) => (source === 'health' && !outcome.read ? [whyUnread(source, outcome)] : []));
    expect([...new Set(why)]).toEqual([expect.stringMatching(/^AWS Health cannot be read: its API needs a Business/)]);
  });
});
