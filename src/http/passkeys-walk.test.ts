import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { narrowWorldOpenIngress } from '../../content/playbooks/aws/ec2/narrow-world-open-ingress.ts';
import { containAccessKey } from '../../content/playbooks/aws/iam/contain-access-key.ts';
import { memoryLedger, memorySignIns } from '../../tools/console-memory.ts';
import { need } from '../../tools/require.ts';
import { issueSignInLink } from '../app/console/sign-in.ts';
import { pressStop } from '../app/console/stop-button.ts';
import { groupTarget, offerToNarrow, putDecided } from '../app/decided-under-test.ts';
import { readChannels } from '../app/notify/read-channels.ts';
import { putAnswer, takeAnswer } from '../app/notify/take-answer.ts';
import { tellOwners } from '../app/owners/tell-owners.ts';
import { carefulTolerance } from '../app/read-tolerance.ts';
import { isStopped } from '../app/settings.ts';
import { askActor } from '../app/triage/ask-actor.ts';
import { followQuestions } from '../app/triage/follow-questions.ts';
import { canonicalJson } from '../core/lib/canonical-json.ts';
import { findingUnderTest } from '../core/lib/finding-under-test.ts';
import { sealFinding } from '../core/lib/seal-finding.ts';
import type { Decision } from '../core/model/decision.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import type { Store } from '../core/ports/store.ts';
import { openWebAuthn } from '../edge/webauthn/open-webauthn.ts';
import { type BrowserUnderTest, openBrowser } from './browser-under-test.ts';
import { createHttp } from './create-http.ts';
import { type Served, serveHttp } from './serve-http.ts';

const tenant = 'default';
const account = '111122223333';
const now = Date.UTC(2026, 0, 15, 9);
const looks = [
  ['dark', 390],
  ['light', 1280],
] as const;

const user = `arn:aws:iam::${account}:user/alice`;
const actor = { type: 'IAMUser', uid: user, name: 'alice' };
const finding = findingUnderTest({
  tenant,
  rule: { title: 'Key made for somebody else' },
  account,
  actor,
  at: now,
  evidence: [
    {
      key: 'e',
      id: 'e',
      time: now,
      rule: 'aws.x.y',
      operation: 'CreateAccessKey',
      service: 'iam.amazonaws.com',
      account,
      region: 'us-east-1',
      ip: '198.51.100.7',
      actor,
    },
  ],
  message: 'alice called CreateAccessKey for bob.',
});
const decision: Decision = {
  format: 'jobzero.decision/1',
  finding: 'f',
  revision: finding.revision,
  verdict: 'ask',
  guardrails: ['actor-first', 'tolerance-asks'],
  reason: 'r',
  actions: [
    {
      playbook: containAccessKey.id,
      version: containAccessKey.version,
      target: { account, region: 'us-east-1', uid: user, params: { userName: 'alice', accessKeyId: 'AKIAEXAMPLEEXAMPLE01' } },
      blastRadius: 'What uses this key of alice stops.',
      inverse: 'The key is made active again.',
      approvals: 1,
      mode: 'live',
    },
  ],
  risk: 400,
  first: { person: 'alice', minutes: 15 },
};

const channels = readChannels(
  'channels:\n  mail: { kind: smtp, host: 127.0.0.1, tls: none, from: j@example.com }\npeople: { alice: { mail: alice@example.com } }\n',
  'channels.yml',
);
const target = groupTarget(account, 'sg-0a1b2c3d');

/** A group of alice's that is open to the world, decided as it would be. */
async function stands(store: Store): Promise<void> {
  const open = findingUnderTest({
    tenant,
    id: 'open-group',
    kind: 'compliance',
    rule: {
      id: 'aws.ec2.no-world-open-ingress',
      title: 'Open to the world',
      description: 'Whoever finds the port may try what listens there.',
    },
    account,
    resources: [{ uid: target.uid, type: 'AWS::EC2::SecurityGroup', name: 'sg-0a1b2c3d', account, region: target.region }],
    at: now,
    message: 'Security group sg-0a1b2c3d lets the whole world in at port 5432.',
  });
  await store.within(tenant, async (tx) => {
    const document = await tx.documents.put('snapshot', canonicalJson({ resources: [{ uid: target.uid, tags: { owner: 'alice' } }] }));
    await tx.settings.set(`snapshot/${account}`, { takenAt: now, document }, now, 'automation');
    await putDecided(tx, open, offerToNarrow(target), carefulTolerance, now);
  });
}

/** Passkeys in a browser, with real signatures: the tests of this file are one walk, in their order. */
describe.skipIf(!need('browser'))('passkeys, in the console', () => {
  const store = memoryStore();
  const deps = {
    tenant,
    store,
    clock: { now: () => Date.now() },
    ledger: memoryLedger(() => []),
    signIns: memorySignIns(),
    webauthn: openWebAuthn(),
    playbooks: [containAccessKey, narrowWorldOpenIngress],
    inbound: { channels: async () => channels, secret: async () => '' },
  };
  let opened: BrowserUnderTest;
  let browser: Browser;
  let page: Page;
  let served: Served;
  let isInHandsOf: (isOwner: boolean) => Promise<void>;
  let lowContrast: () => readonly string[];

  beforeAll(async () => {
    const inPage = join(import.meta.dirname, '../../web/test/low-contrast.ts');
    ({ lowContrast } = (await import(inPage)) as { lowContrast: () => readonly string[] });
    served = await serveHttp(createHttp({ ...deps, webFolder: join(import.meta.dirname, '../../web/dist'), log: () => {} }), {
      port: 4840,
    });
    opened = await openBrowser();
    ({ browser, page } = opened);
    isInHandsOf = await opened.addAuthenticator();
    await pressStop(deps, 'bob', true, 'a release');
    await page.goto(await issueSignInLink(deps, served.url, 'alice'));
    await page.getByRole('navigation').waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  const isPressed = () => store.within(tenant, isStopped);
  const leaves = () => store.entries(tenant).flatMap(({ type, data }) => (type === 'sign-in' ? [data['what']] : []));
  /** Loaded anew, so that no colour is on its way to another. */
  const look = async (colorScheme: 'dark' | 'light', width: number) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await page.reload();
  };
  const release = async () => {
    await page.getByRole('button', { name: 'Let it work again' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Let it work' }).click();
  };

  test('a person registers one, and a further one with it', async () => {
    await page.goto(`${served.url}/passkeys`);
    await page.getByText('You have no passkey.').waitFor();
    await page.getByLabel('What you call it').fill('laptop');
    await page.getByRole('button', { name: 'Register a passkey' }).click();
    await page.getByText('not used yet').waitFor();
    await opened.shot('passkeys');
    // The same authenticator is not registered twice; that it is there already was confirmed by it.
    await page.getByLabel('What you call it').fill('again');
    await page.getByRole('button', { name: 'Register a passkey' }).click();
    await page.getByText('This passkey is registered already.').waitFor();
    expect(leaves()).toEqual(['link', 'session', 'passkey-registered', 'step-up']);
  });

  test('the stop button is released by a signature for just that', async () => {
    await release();
    await page.getByRole('button', { name: 'Stop automation' }).waitFor();
    expect(await isPressed()).toBe(false);
    expect(leaves().at(-1)).toBe('step-up');
  });

  test('in other hands the passkey does not sign, and the session is not enough', async () => {
    await pressStop(deps, 'bob', true, 'again');
    await isInHandsOf(false);
    await release();
    await page.getByRole('alert').filter({ hasText: 'Nothing was confirmed' }).waitFor();
    expect(await isPressed()).toBe(true);
    await page.keyboard.press('Escape');
  });

  test('an address has no passkeys, and a session there is no way around', async () => {
    const address = served.url.replace('localhost', '127.0.0.1');
    await page.goto(await issueSignInLink(deps, address, 'alice'));
    await release();
    await page
      .getByRole('alert')
      .filter({ hasText: `Open the console as ${served.url}` })
      .waitFor();
    expect(await isPressed()).toBe(true);
    await page.keyboard.press('Escape');
  });

  test('"was this you?" is answered with the passkey by the person who is asked, in a session for what is their own', async () => {
    const asking = { store, tenant, playbooks: deps.playbooks, clock: deps.clock };
    const reach = [{ channel: 'mail', to: 'alice@example.com' }];
    await store.within(tenant, async (tx) => {
      await tx.findings.put(finding, now);
      expect(await askActor(tx, finding, decision, reach, Date.now())).toBe(true);
      // She does it for carol as well, from the same place.
      const { revision: _, ...rest } = finding;
      const again = sealFinding({ ...rest, id: 'again', message: 'Key made for somebody else: alice called CreateAccessKey on carol.' });
      await tx.findings.put(again, now);
      const { id, revision } = again;
      expect(await askActor(tx, again, { ...decision, finding: id, revision, actions: [] }, reach, Date.now())).toBe(true);
    });
    await page.goto(await issueSignInLink(deps, served.url, 'alice', { scope: 'own' }));
    await page.getByRole('link', { name: 'Key made for somebody else' }).click();
    await page.getByRole('heading', { level: 1, name: 'Was this you?' }).waitFor();
    await page.getByText('Contain a stolen access key').waitFor();
    for (const [colorScheme, width] of looks) {
      await look(colorScheme, width);
      await page.getByText('Contain a stolen access key').waitFor();
      await page.getByText('And 1 more of the same').click();
      await page.getByText('alice called CreateAccessKey on carol').waitFor();
      await opened.shot(`question-${width}`);
      expect(await page.evaluate(lowContrast)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    }
    // What she says in a channel counts when her passkey confirms it, and she may say otherwise.
    const [sent] = await store.within(tenant, (tx) => tx.items.list({ kind: 'notification', limit: 1 }));
    const inMail = { channel: 'mail', user: 'alice@example.com', notification: sent?.id ?? '', option: 'me', seal: 's' };
    const heard = await takeAnswer(asking, { people: { alice: { mail: 'alice@example.com' } }, console: null }, inMail);
    expect([heard, await followQuestions(asking)]).toEqual([{ outcome: 'to-confirm', link: null }, 0]);
    await page.reload();
    await page.getByText('You have said yes in mail').waitFor();
    const answer = async () => {
      await page.getByRole('button', { name: 'No, not me' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'No, it was not me' }).click();
    };
    await answer();
    await page.getByRole('alert').filter({ hasText: 'Nothing was confirmed' }).waitFor();
    expect(await followQuestions(asking)).toBe(0);
    await page.keyboard.press('Escape');
    await isInHandsOf(true);
    await answer();
    await page.getByText('followed within seconds').waitFor();
    expect(await followQuestions(asking)).toBe(1);
    expect(await store.within(tenant, (tx) => tx.actions.list({ limit: 9 }))).toMatchObject([{ by: 'alice', state: 'planned' }]);
    await page.reload();
    await page.getByText('You have said that it was not you.').waitFor();
    // Nothing of the console is in reach of such a session.
    expect(await page.evaluate("fetch('/api/v1/findings').then((answer) => answer.status)")).toBe(403);
    expect(await page.getByRole('link', { name: 'Findings' }).count()).toBe(0);
  });

  test('"is this meant?" is answered by whose it is, after who did it has said that it was them', async () => {
    const people = { alice: [{ channel: 'mail', to: 'alice@example.com' }], bob: [{ channel: 'mail', to: 'bob@example.com' }] };
    const asking = { store, tenant, playbooks: deps.playbooks, clock: deps.clock, reachable: async () => people };
    const taken = findingUnderTest({
      tenant,
      id: 'taken',
      rule: { title: 'Data carried out of the organisation' },
      account,
      actor: { type: 'IAMUser', uid: `arn:aws:iam::${account}:user/bob`, name: 'bob' },
      evidence: finding.evidence,
      at: now,
      message: 'bob wrote 12 objects into a bucket of account 999988887777.',
    });
    await store.within(tenant, async (tx) => {
      await tx.findings.put(taken, now);
      const first = { person: 'bob', minutes: 5, enough: false, owner: 'alice' } as const;
      await askActor(tx, taken, { ...decision, finding: taken.id, revision: taken.revision, first }, people.bob, Date.now());
      const [item] = await tx.items.list({ kind: 'question', state: ['waiting'], limit: 9 });
      const [notification = ''] = ((item?.doc ?? {}) as { readonly sent?: readonly string[] }).sent ?? [];
      await putAnswer(tx, { notification, option: 'me', by: 'bob', channel: 'mail' }, Date.now());
    });
    expect(await followQuestions(asking)).toBe(1);
    await page.goto(`${served.url}/`);
    await page.getByRole('link', { name: 'Data carried out of the organisation' }).click();
    await page.getByRole('heading', { level: 1, name: 'Is this meant?' }).waitFor();
    for (const [colorScheme, width] of looks) {
      await look(colorScheme, width);
      await page.getByText('bob says that it was them').waitFor();
      await page.getByText('Nothing is cut off before').waitFor();
      await opened.shot(`meant-${width}`);
      expect(await page.evaluate(lowContrast)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    }
    await page.getByRole('button', { name: 'Yes, this is meant' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Yes, it is meant' }).click();
    await page.getByText('followed within seconds').waitFor();
    expect(await followQuestions(asking)).toBe(1);
    await page.reload();
    await page.getByText('You have said that it is meant.').waitFor();
    expect((await store.within(tenant, (tx) => tx.findings.get('taken')))?.state).toBe('resolved');
  });

  test('what is insecure of their own a person mends with one press, confirmed by the passkey', async () => {
    await pressStop(deps, 'bob', false, '');
    await stands(store);
    const reach = { alice: [{ channel: 'mail', to: 'alice@example.com' }] };
    await tellOwners({
      store,
      tenant,
      clock: deps.clock,
      behaviours: async () => [],
      reachable: async () => reach,
      site: async () => null,
    });
    await page.goto(`${served.url}/`);
    await page.getByRole('link', { name: 'Open to the world' }).click();
    await page.getByRole('button', { name: 'Mend it' }).waitFor();
    for (const [colorScheme, width] of looks) {
      await look(colorScheme, width);
      await page.getByRole('button', { name: 'Mend it' }).waitFor();
      await opened.shot(`fix-${width}`);
      expect(await page.evaluate(lowContrast)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    }
    const signed = leaves().filter((what) => what === 'step-up').length;
    await page.getByRole('button', { name: 'Mend it' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Mend it' }).click();
    await page.getByText('planned').waitFor();
    expect(leaves().filter((what) => what === 'step-up')).toHaveLength(signed + 1);
    expect(await store.within(tenant, (tx) => tx.actions.list({ finding: 'open-group', limit: 9 }))).toMatchObject([
      { by: 'alice', state: 'planned' },
    ]);
    await page.goto(`${served.url}/`);
    await page.getByText('begun').waitFor();
    await opened.shot('own');
  });

  test('a passkey signs in without a link, for what it was registered for', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('link', { name: 'Findings', exact: true }).waitFor();
    expect(leaves().at(-1)).toBe('session');
  });

  test('who has lost it gets it removed by who runs jobzero; nothing was wrong with the pages', async () => {
    await page.goto(`${served.url}/passkeys`);
    for (const [colorScheme, width] of looks) {
      await look(colorScheme, width);
      await page.getByRole('button', { name: 'Remove…' }).waitFor();
      await opened.shot(`passkeys-${width}`);
      expect(await page.evaluate(lowContrast)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    }
    await page.getByRole('button', { name: 'Remove…' }).click();
    await page.getByText('jobzero passkeys remove').waitFor();
    expect(opened.complaints.filter((text) => !text.includes('409'))).toEqual([]);
    expect(opened.strangers(served.url).filter((url) => !url.startsWith('http://127.0.0.1:'))).toEqual([]);
  });
});
