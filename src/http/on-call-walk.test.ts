import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { playbooks as ownPlaybooks, rules } from '../../content/index.ts';
import { memoryLedger, memorySignIns } from '../../tools/console-memory.ts';
import { need } from '../../tools/require.ts';
import { issueSignInLink } from '../app/console/sign-in.ts';
import { openFault } from '../app/notify/automation-fault.ts';
import { noChannels, readChannels } from '../app/notify/read-channels.ts';
import { followPages } from '../app/on-call/follow-pages.ts';
import { onCallSetting } from '../app/on-call/on-call-settings.ts';
import { raisePages } from '../app/on-call/raise-pages.ts';
import { findingUnderTest } from '../core/lib/finding-under-test.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import { type BrowserUnderTest, openBrowser } from './browser-under-test.ts';
import { createHttp } from './create-http.ts';
import { type Served, serveHttp } from './serve-http.ts';

const tenant = 'default';
const start = Date.UTC(2026, 0, 15, 9);
let now = start;
const account = '111122223333';

describe.skipIf(!need('browser'))('on call, in the console', () => {
  const store = memoryStore();
  const clock = { now: () => now };
  const channels = readChannels('channels:\n  chat: { kind: slack, token: "file:t" }\npeople:\n  alice: { chat: U1 }\n', 'channels.yml');
  let opened: BrowserUnderTest;
  let browser: Browser;
  let page: Page;
  let served: Served;
  let close: () => Promise<void>;
  let lowContrast: () => readonly string[];

  beforeAll(async () => {
    const inPage = join(import.meta.dirname, '../../web/test/low-contrast.ts');
    ({ lowContrast } = (await import(inPage)) as { lowContrast: () => readonly string[] });
    await store.within(tenant, async (tx) => {
      const text =
        'zone: Europe/Berlin\nengineer:\n  - { name: weeks, people: [alice, bob], from: 2026-01-05 09:00, turn: 1w }\nbackup: [carol]\n';
      await tx.settings.set(onCallSetting, text, now, 'test');
      await tx.settings.set(`snapshot/${account}`, { takenAt: now - 60_000, unread: [] }, now, 'automation');
      await tx.settings.set('armed/aws.cloudtrail.restart-trail/*', { armed: true }, now, 'alice');
      await tx.deliveries.putArrivals([
        {
          source: 'aws.cloudtrail',
          account,
          region: 'us-east-1',
          day: now - (now % 86_400_000),
          state: { last: now, hours: 1, sample: [] },
        },
      ]);
      await openFault(tx, { what: 'role', name: `${account}/undoer`, reason: 'AWS denies it (AccessDenied)' }, [], now);
      await openFault(
        tx,
        { what: 'account', name: '444455556666', reason: 'It is in the organisation, and its settings were never read' },
        [],
        now,
      );
      const finding = findingUnderTest({ tenant, account, rule: { title: 't' }, at: now, message: 'm' });
      await tx.findings.put(finding, now);
      await tx.judgements.ask({
        id: 'q',
        tenant,
        finding: 'f',
        revision: finding.revision,
        question: 'Deactivate the key AKIAEXAMPLE of <b>alice</b>?',
        options: [],
        guardrails: ['serves-production'],
        recommendation: 'approve',
        because: 'Credentials do not travel.',
        state: 'waiting',
        askedAt: now - 3_600_000,
        answeredAt: null,
        answeredBy: [],
        approvalsNeeded: 1,
      });
    });
    const calling = { tenant, store, clock, channels: async () => channels };
    await raisePages(calling);
    await followPages(calling);
    const deps = {
      tenant,
      store,
      clock,
      ledger: memoryLedger(() => []),
      signIns: memorySignIns(),
      playbooks: await ownPlaybooks(),
      rules,
      inbound: { channels: async () => noChannels, secret: async () => '' },
    };
    const http = createHttp({ ...deps, webFolder: join(import.meta.dirname, '../../web/dist'), log: () => {} });
    served = await serveHttp(http, { port: 4820 });
    close = () => served.close();
    opened = await openBrowser();
    ({ browser, page } = opened);
    await page.goto(await issueSignInLink(deps, served.url, 'alice'));
    await page.getByRole('navigation').waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await close?.();
  });

  const heading = (name: string) => page.getByRole('heading', { level: 1, name });

  test('the queue has the automation first, then judgements, and says who is on call', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    await heading('bob is on call.').waitFor();
    await page.getByText('has brought 1 of 2 judgements').waitFor();
    const sections = await page.getByRole('heading', { level: 2 }).allTextContents();
    expect(sections).toEqual(['The automation itself', 'Judgements', 'Schedule']);
    const entries = await page.locator('.queue li').allTextContents();
    expect(entries.map((text) => /Role|Account|Deactivate/.exec(text)?.[0])).toEqual(['Role', 'Account', 'Deactivate']);
    expect(entries[0]).toContain('Fix: See that the role is there');
    expect(entries[2]).toContain('<b>alice</b>');
    // What is recommended is not told before somebody has judged.
    expect(entries[2]).not.toContain('Credentials do not travel.');
    expect(await page.evaluate(lowContrast)).toEqual([]);
    await opened.shot('on-call');
  });

  test('a page is taken, and seen to be', async () => {
    now = start + 60_000;
    await page.getByRole('button', { name: 'Take it: Deactivate the key' }).click();
    await page.locator('.queue li', { hasText: 'Deactivate' }).getByText('taken by').waitFor();
    expect(await page.getByRole('button', { name: 'Take it: Deactivate the key' }).count()).toBe(0);
  });

  test('somebody stands in, and is taken back', async () => {
    await page.getByText('Somebody stands in').click();
    await page.getByLabel('Who').selectOption('carol');
    await page.getByLabel('From, in Europe/Berlin').fill('2026-01-15T08:00');
    await page.getByLabel('Until').fill('2026-01-15T20:00');
    await page.getByRole('button', { name: 'Save' }).click();
    await heading('carol is on call.').waitFor();
    await page.getByText('carol stands in from 2026-01-15 08:00 until 2026-01-15 20:00').waitFor();
    await opened.shot('on-call-override');
    await page.getByRole('button', { name: 'Take back' }).click();
    await heading('bob is on call.').waitFor();
  });

  test('health tells of each account what works, and of one each playbook with the reason', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await heading('Health').waitFor();
    const row = page.locator('tbody tr', { hasText: account });
    await row.getByText('not armed').waitFor();
    expect(await row.textContent()).toMatch(/nothing comes from it \(\d+\)/);
    expect(await page.evaluate(lowContrast)).toEqual([]);
    await opened.shot('health');
    await row.getByRole('link').click();
    await heading(`Health of ${account}`).waitFor();
    const trail = page.locator('.health-playbooks li', { hasText: 'aws.cloudtrail.restart-trail' }).first();
    expect(await trail.textContent()).toContain('working');
    expect(await page.evaluate(lowContrast)).toEqual([]);
    await opened.shot('health-account');
  });

  test('load tells what each shift brought', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await heading('Load').waitFor();
    const row = page.locator('tbody tr').first();
    expect(await row.textContent()).toMatch(/1 of 2/);
    expect(await page.evaluate(lowContrast)).toEqual([]);
    await opened.shot('load');
  });

  test('nothing was complained about, and nobody else was asked', async () => {
    expect(opened.complaints).toEqual([]);
    expect(opened.strangers(served.url)).toEqual([]);
  });
});
