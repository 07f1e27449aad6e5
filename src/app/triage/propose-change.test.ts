import { beforeEach, describe, expect, test } from 'vitest';
import { protectFromDeletion } from '../../../content/playbooks/aws/dynamodb/protect-from-deletion.ts';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Playbook, Target } from '../../core/model/plan.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { engineLoader } from '../../edge/engine/load-engine.ts';
import { ownThings } from '../own/own-things.ts';
import { triage } from '../triage.ts';
import { closeChanges, openChanges } from './propose-change.ts';
import type { TriageDeps } from './triage-deps.ts';

const tenant = 'default';
const account = '111122223333';
const uid = `arn:aws:dynamodb:eu-central-1:${account}:table/orders`;
const control = 'aws.dynamodb.table-protected-from-deletion';
const target: Target = { account, region: 'eu-central-1', uid, params: { table: 'orders' } };
/** Answers a control, as a posture fix does. */
const { partial: _, ...whole } = protectFromDeletion;
const playbook: Playbook = { ...whole, handles: [control], targets: () => [target] };

function findingOf(kind: Finding['kind']): Finding {
  return findingUnderTest({
    tenant,
    id: 'f'.repeat(32),
    kind,
    rule: { id: control, title: 'Table can be deleted' },
    account,
    region: 'eu-central-1',
    resources: [{ uid, name: 'orders', type: 'AWS::DynamoDB::Table', account, region: 'eu-central-1' }],
    message: 'The table orders can be deleted.',
  });
}

let now: number;
let store: ReturnType<typeof memoryStore>;
let deps: TriageDeps;
let isProtected: boolean;
beforeEach(async () => {
  now = Date.UTC(2026, 0, 15, 9);
  store = memoryStore();
  isProtected = false;
  const cloud = { call: async () => ({ Table: { DeletionProtectionEnabled: isProtected } }) } as unknown as Cloud;
  deps = {
    tenant,
    store,
    cloud,
    clock: { now: () => now },
    engines: engineLoader(),
    playbooks: [playbook],
    rules: new Map(),
    own: () => ownThings({ roles: [] }),
    reachable: async () => ({ 'team-orders': [{ channel: 'chat', to: 'C1' }] }),
  };
  await store.within(tenant, async (tx) => {
    await tx.settings.set(`armed/${playbook.id}/*`, { armed: true }, now, 'owner');
    const resources = [
      {
        uid,
        name: 'orders',
        type: 'AWS::DynamoDB::Table',
        account,
        region: 'eu-central-1',
        tags: { owner: 'team-orders' },
        properties: {},
      },
    ];
    const document = await tx.documents.put('snapshot', JSON.stringify({ resources }));
    await tx.settings.set(`snapshot/${account}`, { document }, now, 'automation');
  });
});

/** A worker carries out what was planned, and the next inventory sees it. */
async function mended(finding: Finding): Promise<void> {
  now += 60_000;
  await store.within(tenant, async (tx) => {
    for (const { id } of await tx.actions.list({ state: ['planned'], limit: 9 })) {
      await tx.actions.move(id, ['planned'], 'running', now, '');
      await tx.actions.move(id, ['running'], 'verified', now, '');
    }
    await tx.findings.live(finding.id, 'resolved', now, 'automation', 'mended');
  });
}

/** Somebody's code writes it again, and the next inventory sees that. */
async function back(finding: Finding): Promise<void> {
  now += 3_600_000;
  await store.within(tenant, async (tx) => {
    await tx.findings.live(finding.id, 'reopened', now, 'automation', 'the control fails again');
    await tx.findings.decideAgain(finding.id);
  });
  now += 1_000;
}

const changes = () => store.within(tenant, openChanges);
const notes = () => store.within(tenant, (tx) => tx.items.list({ kind: 'notification', limit: 99 }));

describe('what is mended and comes back', () => {
  test('is mended once; then its owner is asked to change the code, once for each time it comes back', async () => {
    const finding = findingOf('compliance');
    await store.within(tenant, (tx) => tx.findings.put(finding, now));
    expect((await triage(deps)).map(({ decision }) => decision.verdict)).toEqual(['act']);
    expect(await changes()).toEqual([]);
    await mended(finding);
    await back(finding);
    const [again] = await triage(deps);
    expect(again?.decision).toMatchObject({ verdict: 'watch', guardrails: ['flapping'], reason: expect.stringContaining('came back') });
    expect(again?.actions).toEqual([]);
    expect(await changes()).toMatchObject([{ finding: finding.id, account, uid, playbook: playbook.id, owner: 'team-orders' }]);
    expect((await notes()).map(({ doc }) => doc)).toMatchObject([
      { channel: 'chat', to: 'C1', kind: 'note', path: `/findings/${finding.id}` },
    ]);
    const [change] = await changes();
    const plan = JSON.parse((await store.within(tenant, (tx) => tx.documents.get(change?.plan ?? ''))) ?? '{}') as {
      readonly steps: unknown;
    };
    expect(plan.steps).toMatchObject([{ do: { action: 'dynamodb:UpdateTable' } }]);

    // Nothing is decided twice, and nobody is told twice of the same return.
    expect(await triage(deps)).toEqual([]);
    await store.within(tenant, (tx) => tx.findings.decideAgain(finding.id));
    await back(finding);
    await triage(deps);
    expect([await changes(), await notes()].map((all) => all.length)).toEqual([1, 1]);

    now += 1_000;
    await store.within(tenant, (tx) => closeChanges(tx, [finding.id], now));
    expect(await changes()).toEqual([]);
    await back(finding);
    await triage(deps);
    expect([await changes(), await notes()].map((all) => all.length)).toEqual([1, 2]);
    expect(store.entries(tenant).filter(({ data }) => data['state'] === 'change-proposed')).toHaveLength(2);
  });

  test('is nobody’s to change when the live state is as it should be', async () => {
    const finding = findingOf('compliance');
    await store.within(tenant, (tx) => tx.findings.put(finding, now));
    await triage(deps);
    await mended(finding);
    await back(finding);
    isProtected = true;
    expect((await triage(deps)).map(({ decision }) => decision.verdict)).toEqual(['close']);
    expect(await changes()).toEqual([]);
  });

  test('after an undo by people it is not mended again by itself', async () => {
    const finding = findingOf('compliance');
    await store.within(tenant, (tx) => tx.findings.put(finding, now));
    await triage(deps);
    await mended(finding);
    await store.within(tenant, (tx) => tx.findings.live(finding.id, 'reopened', now, 'alice', 'undone'));
    expect(await triage(deps)).toEqual([]);
  });
});
