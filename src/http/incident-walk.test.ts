import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { extractText } from 'unpdf';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { obligations, playbooks as ownPlaybooks } from '../../content/index.ts';
import { memoryLedger, memorySignIns } from '../../tools/console-memory.ts';
import { need } from '../../tools/require.ts';
import { issueSignInLink } from '../app/console/sign-in.ts';
import { channels, hour, type IncidentWorld, incidentWorld } from '../app/incident-mode/incident-mode-under-test.ts';
import { canonicalJson } from '../core/lib/canonical-json.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import { type BrowserUnderTest, openBrowser } from './browser-under-test.ts';
import { createHttp } from './create-http.ts';
import { type Served, serveHttp } from './serve-http.ts';

/** The war room in a browser: the tests of this file are one walk, in their order. */
describe.skipIf(!need('browser'))('an incident is declared', () => {
  const store = memoryStore();
  let w: IncidentWorld;
  let opened: BrowserUnderTest;
  let browser: Browser;
  let page: Page;
  let served: Served;
  let lowContrast: () => readonly string[];
  const id = () => page.url().split('/').at(-1) ?? '';

  beforeAll(async () => {
    const inPage = join(import.meta.dirname, '../../web/test/low-contrast.ts');
    ({ lowContrast } = (await import(inPage)) as { lowContrast: () => readonly string[] });
    w = await incidentWorld(store);
    // Clocks count down in the browser, which has the time of the machine.
    w.at(Date.now() - 20 * 60_000);
    await w.found('i', [w.findingOf('f', 'Critical'), w.findingOf('g')], { title: 'Stolen key at work <b>now</b> \u202e' });
    w.at(Date.now());
    const deps = {
      ...w.deps,
      ledger: memoryLedger(() => store.entries(w.tenant).map((entry) => canonicalJson(entry))),
      signIns: memorySignIns(),
      playbooks: await ownPlaybooks(),
      obligations: await obligations(),
      inbound: { channels: async () => channels, secret: async () => '' },
    };
    const http = createHttp({ ...deps, webFolder: join(import.meta.dirname, '../../web/dist'), log: () => {} });
    served = await serveHttp(http, { port: 4840 });
    opened = await openBrowser();
    ({ browser, page } = opened);
    await page.goto(await issueSignInLink(deps, served.url, 'alice'));
    await page.getByRole('navigation').waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });
  const button = (name: string | RegExp) => page.getByRole('button', { name });
  const answer = async (field: string | RegExp, text: string, yes: string) => {
    await page.getByRole('dialog').getByLabel(field).fill(text);
    await page.getByRole('dialog').getByRole('button', { name: yes }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  };

  test('from the page of what was found, and from then on it stands above every page', async () => {
    await page.goto(`${served.url}/incidents/i`);
    await button('Declare an incident').click();
    await answer(/Who commands/, '', 'Declare it');
    await page.getByRole('heading', { level: 1, name: /Stolen key at work <b>now<\/b>/ }).waitFor();
    expect(id()).toMatch(/^[0-9a-f]{32}$/);
    await page.locator('.command').getByText('that is you').waitFor();
    await page.goto(`${served.url}/ledger`);
    await page.locator('.declared-notice').getByText('alice commands').waitFor();
    await page.locator('.declared-notice a').click();
    await page.getByRole('heading', { name: 'Clocks' }).waitFor();
  });

  test('clocks are started from a moment that is said, and count down', async () => {
    await page.getByText('Start clocks').click();
    await page.locator('.start-clocks select').selectOption('eu.dora');
    const local = (time: number) => new Date(time).toISOString().slice(0, 16);
    await page.getByLabel(/Known with reasonable certainty/).fill(local(Date.now() - hour));
    await page.getByLabel(/Classified as major/).fill(local(Date.now() - 3.8 * hour));
    await page.locator('.start-clocks').getByRole('button', { name: 'Start' }).click();
    const clock = page.locator('.clock', { hasText: 'Initial notification' });
    await clock.waitFor();
    expect(await clock.getAttribute('class')).toContain('clock-pressing');
    expect(await clock.locator('.clock-left').textContent()).toMatch(/^1\d min left$/);
    await page.locator('.start-clocks select').selectOption('eu.gdpr');
    await page.getByLabel(/Known with reasonable certainty/).fill(local(Date.now() - hour));
    await page.locator('.start-clocks').getByRole('button', { name: 'Start' }).click();
    await page.locator('.clock', { hasText: 'Notify the supervisory authority' }).waitFor();
    await page.locator('.start-clocks select').selectOption('contract');
    await page.getByLabel('With whom').fill('Example AG, section 12');
    await page.getByLabel('Hours').fill('2');
    await page.getByLabel(/Known with reasonable certainty/).fill(local(Date.now() - 3 * hour));
    await page.locator('.start-clocks').getByRole('button', { name: 'Start' }).click();
    const over = page.locator('.clock', { hasText: 'Example AG' });
    await over.getByText('over').waitFor();
    // What has ended stands first.
    expect(await page.locator('.clock h3').first().textContent()).toContain('Example AG');
  });

  test('tasks are drafted from what was found, taken and done', async () => {
    await page.getByText(/follow from the timeline/).click();
    await button(/^Add: .*Message of f/)
      .first()
      .click();
    await page.locator('.tasks li', { hasText: 't1' }).first().waitFor();
    await button(/^I do it: .*Message of f/).click();
    await page.locator('.tasks li', { hasText: 't1' }).getByText('alice').waitFor();
    await page.getByPlaceholder('What is to be done').fill('Call the owner of the bucket');
    await page
      .locator('.one-line', { has: page.getByPlaceholder('What is to be done') })
      .getByRole('button', { name: 'Add' })
      .click();
    await page.locator('.tasks li', { hasText: 'Call the owner' }).getByText('nobody has it').waitFor();
    await w.command(id(), 'bob', { do: 'claim', task: 't2' });
    // What others do appears without a reload, and what they have cannot be taken.
    await page.locator('.tasks li', { hasText: 'Call the owner' }).getByText('bob').waitFor();
    expect(await button('I do it: Call the owner of the bucket').count()).toBe(0);
  });

  test('what is said and told is in the log', async () => {
    await page.getByPlaceholder('What is known, tried, decided').fill('The key was in a public repository <script>');
    await button('Say').click();
    await page.locator('.log li', { hasText: 'public repository <script>' }).waitFor();
    await page.getByText('Tell somebody outside').click();
    await page.getByLabel('Whom').fill('Example AG');
    await page.getByRole('combobox', { name: 'By' }).selectOption('mail');
    await page.getByLabel(/Address there/).fill('security@example.com');
    await page.getByRole('textbox', { name: 'What', exact: true }).fill('We are looking into it.');
    await button('Send it').click();
    await page.locator('.log-told', { hasText: 'mail, security@example.com: waiting' }).waitFor();
    expect((await w.sent()).at(-1)).toMatchObject({ kind: 'note', to: 'security@example.com', text: 'We are looking into it.' });
  });

  test('it is readable, in the light and in the dark, wide and narrow', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      expect(await page.evaluate(lowContrast)).toEqual([]);
      await opened.shot(`war-room-${colorScheme}`);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate('document.documentElement.scrollWidth <= 390')).toBe(true);
    await opened.shot('war-room-narrow');
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.emulateMedia({ colorScheme: 'light' });
  });

  test('it is handed over, and closed when its conditions hold, by whoever commands', async () => {
    await button('Hand over…').click();
    await answer(/Name/, 'bob', 'Hand over');
    await page.locator('.command b', { hasText: 'bob' }).waitFor();
    expect(await button(/Close and sign/).count()).toBe(0);
    await button('Take the command…').click();
    await answer('For the record', 'bob is asleep', 'Take the command');
    await page.locator('.command').getByText('that is you').waitFor();
    await button('It is contained…').click();
    await answer(/How is that known/, 'all keys are off', 'It is contained');
    for (const objective of ['o1', 'o2', 'o3']) await w.command(id(), 'alice', { do: 'reach', objective, note: '' });
    for (const task of ['t1', 't2']) await w.command(id(), 'alice', { do: 'finish', task, note: '' });
    for (const one of ['eu.dora/initial', 'eu.dora/intermediate', 'eu.dora/final', 'eu.gdpr/people'])
      await w.command(id(), 'alice', { do: 'waive', clock: one, note: 'no bank' });
    await w.command(id(), 'alice', { do: 'keep', clock: 'eu.gdpr/authority', keeper: 'carol' });
    await button(/^It is met: .*Example AG/).click();
    await answer(/To whom/, 'by mail, ticket 17', 'It is met');
    await page.locator('.condition', { hasText: '2 findings of High or above are open.' }).waitFor();
    for (const finding of ['f', 'g']) await w.finding(finding, 'acknowledged');
    await button('Close and sign…').click();
    await answer(/Why it is over/, 'The key is off and nothing was taken.', 'Close and sign');
    await page.locator('.declared', { hasText: 'closed' }).waitFor();
    await page.getByText('alice signed: The key is off and nothing was taken.').waitFor();
    await page.locator('.declared-notice').waitFor({ state: 'detached' });
  });

  test('its review is drafted, as Markdown and as PDF, and a lesson becomes a ticket', async () => {
    await button('Note a lesson…').click();
    await answer('What', 'No long-lived keys', 'Note it');
    expect((await w.sent()).at(-1)).toMatchObject({ kind: 'ticket', channel: 'tickets' });
    await button('Draft the review').click();
    const file = async (name: string) => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
      const chunks: Buffer[] = [];
      for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
      return { name: download.suggestedFilename(), bytes: Buffer.concat(chunks) };
    };
    const markdown = await file('Markdown');
    expect(markdown.name).toMatch(/^review-[0-9a-f]{8}\.md$/);
    expect(markdown.bytes.toString('utf8')).toContain('\\<script\\>');
    const pdf = await file('PDF');
    const { text } = await extractText(new Uint8Array(pdf.bytes), { mergePages: true });
    expect(text.replace(/\s+/g, ' ')).toContain('nothing was taken');
    const other = await page.request.get(`${served.url}/api/v1/declared/${id()}/reviews/${'0'.repeat(64)}.pdf`);
    expect(other.status()).toBe(404);
    await opened.shot('war-room-closed');
  });

  test('nothing was complained about, and nobody else was asked', async () => {
    expect(opened.complaints).toEqual([]);
    expect(opened.strangers(served.url)).toEqual([]);
  });
});
