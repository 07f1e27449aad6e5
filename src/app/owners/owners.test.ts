import { beforeEach, describe, expect, test } from 'vitest';
import { narrowWorldOpenIngress } from '../../../content/playbooks/aws/ec2/narrow-world-open-ingress.ts';
import { canonicalJson } from '../../core/lib/canonical-json.ts';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import { idOf } from '../../core/lib/hash.ts';
import type { About, Offer } from '../../core/model/decide-context.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Notification } from '../../core/model/notification.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { listFixes, readFix, startFix } from '../console/fixes.ts';
import { pressStop } from '../console/stop-button.ts';
import { groupTarget, offerToNarrow, putDecided } from '../decided-under-test.ts';
import { readChannels } from '../notify/read-channels.ts';
import { readTolerance } from '../read-tolerance.ts';
import { tellOwners } from './tell-owners.ts';

const tenant = 'default';
const day = 86_400_000;
const account = '111122223333';
const tolerance = `accountOwners: { "${account}": kim }\npeople: { dana: ["arn:aws:iam::*:user/dana"] }\n`;
const channels = readChannels(
  `console: https://jobzero.example.com
channels:
  chat: { kind: slack, token: "file:t" }
  mail: { kind: smtp, host: 127.0.0.1, tls: none, from: j@example.com }
people: { dana: { chat: U1, mail: dana@example.com }, eve: { chat: U2 }, kim: { chat: U3 } }
`,
  'channels.yml',
);
const reach = Object.fromEntries(
  Object.entries(channels.people).map(([person, ids]) => [person, Object.entries(ids).map(([channel, to]) => ({ channel, to }))]),
);

let now = 0;
let store: ReturnType<typeof memoryStore>;
let deps: Parameters<typeof tellOwners>[0] & Parameters<typeof startFix>[0];
beforeEach(async () => {
  now = Date.UTC(2026, 0, 15, 9);
  store = memoryStore();
  deps = {
    store,
    tenant,
    clock: { now: () => now },
    playbooks: [narrowWorldOpenIngress],
    inbound: { channels: async () => channels, secret: async () => '' },
    behaviours: async () => ['aws.signin.without-mfa'],
    reachable: async () => reach,
    site: async () => channels.console,
  };
  await store.within(tenant, (tx) => tx.settings.set('tolerance', tolerance, now, 'owner'));
  await tagged({ 'sg-1': 'dana', 'sg-2': 'dana@example.com', 'sg-3': 'eve', 'sg-4': 'nobody-known' });
});

/** The account's last snapshot, with who owns which group. */
const tagged = (owners: { readonly [name: string]: string }) =>
  store.within(tenant, async (tx) => {
    const resources = Object.entries(owners).map(([name, owner]) => ({ uid: groupTarget(account, name).uid, tags: { owner } }));
    const document = await tx.documents.put('snapshot', canonicalJson({ resources }));
    await tx.settings.set(`snapshot/${account}`, { takenAt: now, document }, now, 'automation');
  });

/** A setting of this group that stands and wakes nobody, decided as it would be. */
async function standing(name: string, more: Partial<Finding> = {}, offered: Partial<Offer> = {}, about?: About): Promise<Finding> {
  const target = groupTarget(account, name);
  const finding = findingUnderTest({
    tenant,
    id: idOf('finding', name, more.kind ?? ''),
    kind: 'compliance',
    rule: { id: 'aws.ec2.no-world-open-ingress', title: 'Open to the world', description: 'd' },
    account,
    resources: [{ uid: target.uid, type: 'AWS::EC2::SecurityGroup', name, account, region: target.region }],
    at: now,
    message: `${name} lets in the whole world.`,
    ...more,
  });
  await store.within(tenant, (tx) =>
    putDecided(tx, finding, offerToNarrow(target, offered), readTolerance(tolerance, 'tolerance'), now, about),
  );
  return finding;
}

const sent = () =>
  store.within(tenant, async (tx) =>
    (await tx.items.list({ kind: 'notification', limit: 99 })).map(({ doc }) => doc as unknown as Notification),
  );
const textsTo = async (to: string) => (await sent()).filter((one) => one.to === to).map(({ text }) => text);
const at = async (time: number) => {
  now = time;
  return tellOwners(deps);
};

describe('what is insecure without an attacker', () => {
  test('where no tag names somebody, goes to whom AWS writes to about the account, if that is a person that we know', async () => {
    const contact = (name: string): About => ({ tags: {}, owner: { name, from: "the account's security contact" }, standing: [] });
    await standing('sg-5', {}, {}, contact('dana@example.com'));
    await standing('sg-6', {}, {}, contact('list@example.com'));
    await standing('sg-3', {}, {}, contact('dana@example.com'));
    expect(await tellOwners(deps)).toBe(2);
    const [text = ''] = await textsTo('U1');
    expect(text).toContain('sg-5 lets in');
    expect(text).not.toMatch(/sg-6|sg-3/);
    expect((await sent()).map(({ to }) => to).sort()).toEqual(['U1', 'U2', 'dana@example.com']);
    // It is told, and not mended by who is only written to.
    const [fix] = await listFixes(deps, 'dana');
    expect(fix?.fixes).toEqual([]);
    expect(JSON.stringify(store.entries(tenant))).not.toContain('example.com');
  });

  test.each([
    ['below what automation decides about', {}, 1],
    ['unless it is protected', { protected: true }, 0],
  ])('is mended with one button, also %s', async (_, { protected: isProtected }: { readonly protected?: boolean }, n) => {
    const target = groupTarget(account, 'sg-1');
    const finding = await standing('sg-1', { severity: 'Low' });
    const text = isProtected === true ? `${tolerance}protected: ["${target.uid}"]` : tolerance;
    await store.within(tenant, (tx) => putDecided(tx, finding, offerToNarrow(target), readTolerance(text, 'tolerance'), now + 1));
    await tellOwners(deps);
    const [fix] = await listFixes(deps, 'dana');
    expect([fix?.finding.severity, fix?.fixes.length]).toEqual(['Low', n]);
  });

  test('goes to its owner as one message a day by each channel, with a page for each, and to nobody else', async () => {
    await standing('sg-1');
    await standing('sg-2');
    await standing('sg-4');
    expect(await tellOwners(deps)).toBe(1);
    const messages = await sent();
    expect(messages.map(({ to, kind, title, severity }) => [to, kind, title, severity])).toEqual(
      expect.arrayContaining([
        ['U1', 'note', '2 things of yours are insecure', 'High'],
        ['dana@example.com', 'note', '2 things of yours are insecure', 'High'],
      ]),
    );
    expect(messages).toHaveLength(2);
    const [text = ''] = await textsTo('U1');
    for (const { id } of await listFixes(deps, 'dana')) expect(text).toContain(`https://jobzero.example.com/fixes/${id}`);
    expect(text).toContain('sg-1 lets in the whole world.');
    expect(text).not.toContain('sg-4');
    expect(await listFixes(deps, 'dana')).toHaveLength(2);
    expect(await store.within(tenant, (tx) => tx.judgements.list({ limit: 9 }))).toEqual([]);
    expect(JSON.stringify(store.entries(tenant))).not.toContain('dana');
  });

  test('nothing is told twice, by any number of workers, and what is new waits for the next day', async () => {
    await standing('sg-1');
    await Promise.all([tellOwners(deps), tellOwners(deps), tellOwners(deps)]);
    await standing('sg-2');
    expect(await at(now + day - 1)).toBe(0);
    expect(await sent()).toHaveLength(2);
    expect(await at(now + 1)).toBe(1);
    const texts = await textsTo('U1');
    expect(texts).toHaveLength(2);
    expect(texts[1]).toContain('sg-2');
    expect(texts[1]).not.toContain('sg-1 ');
    expect(await at(now + day)).toBe(0);
  });

  test('what is not mended is told once more, then to the owner of the account, and then to nobody', async () => {
    const finding = await standing('sg-3');
    const start = now;
    await tellOwners(deps);
    for (let n = 1; n <= 60; n++) await at(start + n * day);
    const texts = await textsTo('U2');
    expect(texts.map((text) => /New:|Again/.exec(text)?.[0])).toEqual(['New:', 'Again']);
    const [overdue = '', ...more] = await textsTo('U3');
    expect(more).toEqual([]);
    expect(overdue).toContain('not mended by who was told twice');
    expect(overdue).toContain('It is with eve.');
    const [fix] = await listFixes(deps, 'eve');
    expect(await readFix(deps, fix?.id ?? '', 'kim')).toMatchObject({ person: 'eve', state: 'escalated', fixes: [] });
    expect(await readFix(deps, fix?.id ?? '', 'dana')).toBeNull();
    // Mended and back, it is new again.
    await store.within(tenant, (tx) => tx.findings.live(finding.id, 'resolved', now, 'automation', ''));
    await at(now + day);
    expect(await listFixes(deps, 'eve')).toEqual([]);
    await store.within(tenant, (tx) => tx.findings.live(finding.id, 'reopened', now, 'automation', ''));
    await at(now + day);
    expect((await textsTo('U2')).at(-1)).toContain('New:');
  });

  test('how a person works goes to that person; what an attacker may have done does not', async () => {
    const actor = { type: 'IAMUser', uid: `arn:aws:iam::${account}:user/dana`, name: 'dana' } as const;
    const rule = (id: string) => ({ id, major: 1, title: 't', description: 'd', techniques: [], tactics: [] });
    await standing('sg-9', {
      kind: 'detection',
      severity: 'Low',
      actor,
      rule: rule('aws.signin.without-mfa'),
      message: 'dana without MFA.',
    });
    await standing('sg-8', { kind: 'detection', severity: 'Low', actor, rule: rule('aws.iam.key-made'), message: 'An attack?' });
    const root = { type: 'Root', uid: `arn:aws:iam::${account}:root`, name: 'root' } as const;
    await standing('sg-7', { kind: 'detection', severity: 'Low', actor: root, rule: rule('aws.signin.without-mfa'), message: 'Root.' });
    await tellOwners(deps);
    const [text = ''] = await textsTo('U1');
    expect(text).toContain('dana without MFA.');
    expect(text).not.toMatch(/An attack|Root\./);
  });

  test('tolerance may want nobody told', async () => {
    await standing('sg-1');
    await store.within(tenant, (tx) => tx.settings.set('tolerance', 'remindOwnersAfter: 0', now, 'owner'));
    expect(await tellOwners(deps)).toBe(0);
  });
});

describe('mending what is one’s own', () => {
  async function told(name = 'sg-1', offered: Partial<Offer> = {}) {
    const finding = await standing(name, {}, offered);
    await tellOwners(deps);
    const [view] = await listFixes(deps, name === 'sg-3' ? 'eve' : 'dana');
    if (view === undefined) throw new Error('not told');
    const [fix] = view.fixes;
    const start = (who = 'dana') => startFix(deps, view.id, who, finding.revision, fix?.id ?? '');
    return { view, fix, start };
  }
  const set = (text: string) => store.within(tenant, (tx) => tx.settings.set('tolerance', `${tolerance}${text}`, now, 'owner'));
  const planned = () => store.within(tenant, (tx) => tx.actions.list({ limit: 9 }));

  test('says what would be called, and starts it once as the action of its owner', async () => {
    const { fix, start } = await told();
    expect(fix).toMatchObject({ title: narrowWorldOpenIngress.title, option: { inverse: 'The rule comes back.', approvals: 1 } });
    expect(fix?.steps.join()).toContain('ec2:');
    expect(await start()).toMatchObject({ outcome: 'planned' });
    expect(await planned()).toMatchObject([{ by: 'dana', state: 'planned' }]);
    expect(await start()).toEqual({ outcome: 'under-way' });
    expect(await planned()).toHaveLength(1);
  });

  test('nobody mends what is somebody else’s, or is theirs no more', async () => {
    const { start } = await told();
    expect(await start('eve')).toEqual({ outcome: 'unknown' });
    await tagged({ 'sg-1': 'eve' });
    expect(await start()).toEqual({ outcome: 'not-yours' });
    expect(await planned()).toEqual([]);
  });

  test.each([
    ['in a freeze', 'freezes: [{ from: "2026-01-01", until: "2026-02-01", reason: r }]', 'frozen'],
    ['over the cap', 'caps: { perHour: 0 }', 'cap'],
    ['where tolerance forbids it', 'default: { act: never }', 'not-possible'],
    ['on what is protected', `protected: ["${groupTarget(account, 'sg-1').uid}"]`, 'not-possible'],
  ])('nothing is started %s', async (_, text, outcome) => {
    const { start } = await told();
    await set(text);
    expect(await start()).toEqual({ outcome });
    expect(await planned()).toEqual([]);
  });

  test('nothing is started while the stop button is pressed', async () => {
    const { start } = await told();
    await pressStop(deps as never, 'kim', true, '');
    expect(await start()).toEqual({ outcome: 'stopped' });
  });

  test('what cannot be undone becomes a question to a second person', async () => {
    const { start } = await told('sg-1', { reversible: false });
    expect(await start()).toMatchObject({ outcome: 'asked' });
    expect(await planned()).toEqual([]);
    expect(await store.within(tenant, (tx) => tx.judgements.list({ limit: 9 }))).toMatchObject([
      { state: 'waiting', answeredBy: ['dana'] },
    ]);
  });
});
