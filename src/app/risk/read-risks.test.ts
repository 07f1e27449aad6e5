import { expect, test } from 'vitest';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import type { Decision, Judgement } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Action } from '../../core/model/plan.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import type { DecisionRow, Tx } from '../../core/ports/store.ts';
import { readRisks } from './read-risks.ts';

const tenant = 'default';
const account = '111122223333';
const other = '444455556666';
const day = 86_400_000;
const now = 1_000 * day + 3_600_000;

const tolerance = `
units:
  - { name: shop, accounts: ["${account}"] }
  - { name: payments, tags: { team: pay* } }
exemptions:
  - { rule: aws.s3.known, owner: carol, reason: a public site, expires: "2031-01-01" }
  - { rule: aws.s3.over, owner: carol, reason: it was so, expires: "1971-01-01" }
ownerTags: [team]
`;

function findingOn(
  id: string,
  { in: where = account, rule = id, more = {} }: { in?: string; rule?: string; more?: Partial<Finding> } = {},
): Finding {
  return findingUnderTest({
    tenant,
    id,
    kind: 'compliance',
    rule: { id: `aws.s3.${rule}`, title: id },
    account: where,
    resources: [{ uid: `arn:aws:s3:::${id}`, type: 'AWS::S3::Bucket', name: id, account: where, region: 'us-east-1' }],
    ...more,
  });
}

/** The finding's last decision; of the product alone where it is of before. */
function decisionOn({ id, revision }: Finding, change: Partial<Decision>): DecisionRow {
  const decision = {
    finding: id,
    revision,
    verdict: 'watch',
    guardrails: [],
    actions: [],
    reason: '',
    risk: 9,
    ...change,
  } as unknown as Decision;
  return { id: `of-${id}`, finding: id, revision, at: now, decision } as unknown as DecisionRow;
}

async function world(tx: Tx): Promise<void> {
  const put = async (finding: Finding, at: number, decision: Partial<Decision> | null = { likelihood: 5, impact: 60 }) => {
    await tx.findings.put(finding, at);
    if (decision !== null) await tx.decisions.put(decisionOn(finding, decision));
  };
  await tx.settings.set('tolerance', tolerance, 1, 'owner');
  const document = await tx.documents.put(
    'snapshot',
    JSON.stringify({ resources: [{ uid: 'arn:aws:s3:::paid', tags: { team: 'payments' }, props: {} }] }),
  );
  await tx.settings.set(`snapshot/${account}`, { document }, 1, 'automation');
  await put(findingOn('plain'), now - 3 * day);
  await put(findingOn('asked'), now - 2 * day, { likelihood: 9, impact: 90 });
  await put(findingOn('paid'), now - day);
  await put(findingOn('elsewhere', { in: other }), now - 2 * day, null);
  await put(findingOn('done', { more: { kind: 'detection' } }), now - 10 * day);
  await tx.findings.live('done', 'acknowledged', now - 9 * day, 'automation', '');
  await put(findingOn('known'), now - 5 * day, { likelihood: 10, impact: 100, guardrails: ['exempted'] });
  await tx.findings.live('known', 'resolved', now - 5 * day + 1, 'automation', '');
  await put(findingOn('over'), now - 5 * day, { guardrails: ['exempted'] });
  await tx.findings.live('over', 'resolved', now - day, 'automation', '');
  await tx.judgements.ask({
    id: 'j',
    tenant,
    finding: 'asked',
    revision: 'r',
    options: [],
    guardrails: [],
    state: 'waiting',
    askedAt: 1,
    answeredBy: [],
  } as unknown as Judgement);
  await tx.actions.plan({
    id: 'a',
    tenant,
    finding: 'done',
    state: 'verified',
    by: 'automation',
    plannedAt: 1,
    target: { account },
  } as unknown as Action);
}

async function risksOf(choice: Partial<Parameters<typeof readRisks>[1]> = {}) {
  const store = memoryStore();
  await store.within(tenant, world);
  return readRisks({ store, tenant, clock: { now: () => now } }, { days: 4, ...choice });
}

test('open findings are risks by part of the business, account and kind of loss, with how far they are treated', async () => {
  const { risks, units } = await risksOf();
  expect(units).toEqual(['shop', 'payments']);
  expect(risks.map(({ unit, account: where, loss, risk, findings, treatment }) => [unit, where, loss, risk, findings, treatment])).toEqual([
    // Asked about, open, and accepted, which counts apart.
    ['shop', account, 'disclosure', 810, 3, 'open'],
    ['payments', account, 'disclosure', 300, 1, 'open'],
    ['shop', account, 'takeover', 300, 1, 'mitigated'],
    // Not decided yet: likelihood 3, and the impact of High.
    [null, other, 'disclosure', 168, 1, 'open'],
  ]);
  const [first, paid] = risks;
  expect(first).toMatchObject({
    treatments: { open: 1, waiting: 1, accepted: 1, mitigated: 0 },
    gravest: { finding: 'asked' },
    accepted: [{ rule: 'aws.s3.known', owner: 'carol', reason: 'a public site' }],
    since: now - 5 * day,
  });
  expect(paid?.owners).toEqual(['payments']);
});

test('the trend comes of when findings were open, and an exemption that is over accepts nothing', async () => {
  const { trend, risks } = await risksOf();
  // done, plain and over; then asked and elsewhere; then paid, without over.
  expect(trend.map(({ open }) => open.High)).toEqual([3, 5, 5, 5]);
  expect(trend.at(-1)?.units).toEqual([
    { unit: null, open: 1 },
    { unit: 'payments', open: 1 },
    { unit: 'shop', open: 3 },
  ]);
  expect(JSON.stringify(risks)).not.toContain('it was so');
});

test('of one account, or one part of the business', async () => {
  expect((await risksOf({ account: other })).risks.map((row) => row.account)).toEqual([other]);
  const paid = await risksOf({ unit: 'payments' });
  expect([paid.risks.map(({ unit }) => unit), paid.trend.at(-1)?.open.High]).toEqual([['payments'], 1]);
});
