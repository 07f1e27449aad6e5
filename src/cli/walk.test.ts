import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { need } from '../../tools/require.ts';
import { HomeUnderTest, type RunningUp } from '../app/wire/up-under-test.ts';
import { type BrowserUnderTest, openBrowser } from '../http/browser-under-test.ts';

/** The whole product as one person meets it: the command, its link, the console. The tests are one walk, in their order. */
describe.skipIf(!need('browser') || process.platform !== 'linux')('the console on the running system', () => {
  let place: HomeUnderTest;
  let up: RunningUp;
  let opened: BrowserUnderTest;
  let page: Page;
  let link: string;
  let origin: string;
  /** Texts with too little contrast; runs in the page, so its types are those of `web`. */
  let lowContrast: () => readonly string[];

  beforeAll(async () => {
    const inPage = join(import.meta.dirname, '../../web/test/low-contrast.ts');
    ({ lowContrast } = (await import(inPage)) as { lowContrast: () => readonly string[] });
    place = await HomeUnderTest.make();
    up = place.start(47_360);
    opened = await openBrowser();
    page = opened.page;
    link = (await up.until('the console', ({ event }) => event === 'ready')).url ?? '';
    ({ origin } = new URL(link));
  });

  afterAll(async () => {
    await opened?.browser.close();
    await place?.close();
  });

  const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name });

  test('the link opens the home page, where the attack comes in, is contained, and one question waits', async () => {
    await page.goto(link);
    await heading('Automation is working.').waitFor();
    await page.evaluate('window.sameDocument = true');
    await page.locator('.judgement').waitFor({ timeout: 60_000 });
    // A trail that is off is seen in the settings as well, and mended for whichever comes first.
    const verified = (title: string) => page.locator('.moment', { hasText: title }).filter({ hasText: 'verified' }).first();
    for (const title of [
      'Contain a stolen access key',
      'Restart a stopped trail',
      'Narrow an ingress that is open to the world',
      'Block public access to a bucket',
    ]) {
      await verified(title).waitFor();
      expect(await verified(title).textContent()).toContain('by automation');
    }
    const attack = page.locator('.by-actor', { hasText: 'What ci-deployer did' });
    // The newest may still be running.
    await attack
      .locator('.moment', { hasText: /[\d.]+ m?s\s*from call to contained/ })
      .first()
      .waitFor();
    expect(await page.locator('.judgement').count()).toBe(1);
    // Settings that stand are in the queue, and ask nothing of whoever is on call.
    expect(await page.locator('nav .count').textContent()).toMatch(/^1\b/);
    const question = (await page.locator('.judgement h2').textContent()) ?? '';
    expect(question).toMatch(/^Deny the session i-[0-9a-f]{17} of the role web-server(, and 1 more as listed)?\?$/);
    const told = await up.until('the question', ({ event }) => event === 'judgement');
    expect(told.says).toContain(question);
    await opened.shot('up-home');
  });

  test('the keyboard approves it, and it is seen to be done without a reload', async () => {
    await opened.tabTo(page.locator('.judgement'));
    await page.keyboard.press('t');
    await page.keyboard.press('8');
    await page.getByRole('heading', { name: /^It recommends/ }).waitFor();
    await page.keyboard.press('a');
    await page.getByRole('button', { name: 'Yes, approve' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Nothing waits for you.').waitFor();
    const denied = page.locator('.moment', { hasText: 'Deny one session of a role' });
    await denied.getByText('verified').waitFor();
    expect(await page.evaluate('window.sameDocument')).toBe(true);
    await page.keyboard.press('j');
    await opened.tabTo(denied.getByRole('link', { name: 'Deny one session of a role' }));
    await page.keyboard.press('Enter');
    await heading('Deny one session of a role').waitFor();
    await page.locator('.step-done').first().waitFor();
    await opened.shot('up-action');
  });

  test('undo brings back what was before', async () => {
    await opened.tabTo(page.getByRole('button', { name: 'Undo…' }));
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Yes, undo' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.page-head').getByText('undone', { exact: true }).waitFor();
    await up.until('the undo', ({ event, state }) => event === 'action' && state === 'undone');
  });

  test('a setting that stands has its way without a time, and a person starts what could be done', async () => {
    await page.goto(`${origin}/findings?kind=compliance`);
    await page.locator('[data-row]').first().waitFor();
    expect(await page.locator('main').textContent()).not.toContain('1970');
    const [gravest] = await page.locator('tbody .severity').allTextContents();
    expect(gravest).toBe('Critical');
    await page.getByRole('link', { name: /^Bucket example-old-exports-\d+ is public/ }).click();
    const way = page.getByRole('img', { name: /The way of this finding: Setting, read from AWS; Finding at/ });
    await way.waitFor();
    await page.getByText('Not an event: it is how the account is set up').waitFor();
    for (const [colorScheme, width] of [
      ['dark', 400],
      ['light', 1280],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.reload();
      await page.getByRole('button', { name: 'Start it…' }).waitFor();
      expect(await page.evaluate(lowContrast)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    }
    await page.getByRole('button', { name: 'Start it…' }).click();
    await page.getByRole('heading', { name: /^Block public access to the bucket example-old-exports-\d+\?$/ }).waitFor();
    await page.getByRole('button', { name: 'Start it', exact: true }).click();
    await heading('Block public access to a bucket').waitFor();
    await page.locator('.page-head').getByText('verified', { exact: true }).waitFor();
    await page.locator('.page-head').getByText(`by ${userInfo().username}`).waitFor();
    await opened.shot('up-started');
  });

  test('the ledger verifies, against the checkpoints outside the database', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await heading('Ledger').waitFor();
    await opened.tabTo(page.getByRole('button', { name: 'Verify now' }));
    await page.keyboard.press('Enter');
    await page.getByText('The ledger is whole.', { exact: true }).waitFor();
    await page.getByText('a checkpoint kept outside the database').waitFor();
    expect(await page.locator('[data-verified]').getAttribute('data-verified')).toBe('true');
    expect([opened.complaints, opened.strangers(origin)]).toEqual([[], []]);
    await opened.shot('up-ledger');
  });

  test('Ctrl-C leaves nothing behind, and the console says that it is gone', async () => {
    process.kill(up.child.pid ?? 0, 'SIGINT');
    expect(await up.ended).toBe(0);
    expect(await place.processes()).toEqual([]);
    await page.getByText('no connection').waitFor();
    expect(up.events.filter(({ event }) => event === 'trouble')).toEqual([]);
  });
});
