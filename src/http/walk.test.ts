import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleWorld, openConsoleWorld } from '../../tools/console-world.ts';
import { need } from '../../tools/require.ts';
import { type BrowserUnderTest, openBrowser } from './browser-under-test.ts';

/** The console in a browser: the tests of this file are one walk, in their order. */
describe.skipIf(!need('browser'))('the console', () => {
  let world: ConsoleWorld;
  let opened: BrowserUnderTest;
  let browser: Browser;
  let page: Page;
  let shot: BrowserUnderTest['shot'];
  let tabTo: BrowserUnderTest['tabTo'];

  /** Texts with too little contrast; runs in the page, so its types are those of `web`. */
  let lowContrast: () => readonly string[];

  beforeAll(async () => {
    const inPage = join(import.meta.dirname, '../../web/test/low-contrast.ts');
    ({ lowContrast } = (await import(inPage)) as { lowContrast: () => readonly string[] });
    world = await openConsoleWorld({ port: 4790 });
    opened = await openBrowser();
    ({ browser, page, shot, tabTo } = opened);
  });

  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name });
  const worldOpenRules = () =>
    Object.values(world.range.state.accounts['444455556666']?.regions['us-east-1']?.securityGroups ?? {})
      .flatMap((group) => Object.values(group.rules))
      .filter((rule) => !rule.egress && rule.from === 5432 && rule.target.value === '0.0.0.0/0').length;
  const keyStates = () => Object.values(world.range.state.accounts['444455556666']?.users['deploy']?.keys ?? {}).map((key) => key.status);

  test('without a link there is nothing to see', async () => {
    await page.goto(`${world.served.url}/findings`);
    await heading('You are signed out.').waitFor();
    expect(await page.locator('nav').count()).toBe(0);
  });

  test('a link signs in, leaves no token behind, and works once', async () => {
    const link = await world.link('alice');
    await page.goto(link);
    await heading('Automation is working.').waitFor();
    expect(page.url()).toBe(`${world.served.url}/`);
    expect(await page.evaluate('document.cookie')).toBe('');
    const other = await browser.newContext();
    const second = await other.newPage();
    await second.goto(link);
    await second.getByRole('heading', { name: 'This link does not open any more.' }).waitFor();
    await other.close();
  });

  test('what automation contained and what it asks appear without a reload', async () => {
    await page.getByText('Nothing waits for you.').waitFor();
    await page.evaluate('window.sameDocument = true');
    await world.containStolenKey();
    const contained = page.locator('.moment', { hasText: 'Contain a stolen access key' });
    await contained.getByText('verified').waitFor();
    expect(await contained.locator('.moment-took').textContent()).toMatch(/\d m?s?.*from call to contained/);
    expect(keyStates()).toEqual(['Inactive']);
    await world.askAboutIngress();
    const card = page.locator('.judgement');
    await card.waitFor();
    expect(await page.evaluate('window.sameDocument')).toBe(true);
    const text = (await card.textContent()) ?? '';
    const order = [
      'May automation close port 5432',
      'AuthorizeSecurityGroupIngress',
      'What may stop working',
      'How it is taken back',
      'It is an attack',
      'It is benign',
    ];
    expect(order.map((part) => text.indexOf(part))).toEqual(order.map((part) => text.indexOf(part)).toSorted((a, b) => a - b));
    expect(order.every((part) => text.includes(part))).toBe(true);
    expect(text).not.toContain('It recommends');
    await shot('judgement');
  });

  test('the keyboard skips to the page, approves after a second question, and sees it verified', async () => {
    await page.locator('body').press('Tab');
    await page.reload();
    await page.locator('.judgement').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement?.textContent')).toBe('Skip to the page');
    await page.keyboard.press('Enter');
    await tabTo(page.locator('.judgement'));
    expect(worldOpenRules()).toBe(1);
    await page.keyboard.press('a');
    await page.keyboard.press('8');
    expect(await page.getByRole('heading', { name: /^It recommends/ }).count()).toBe(0);
    await page.keyboard.press('t');
    await page.getByText('How sure are you?').waitFor();
    await shot('judging');
    await page.keyboard.press('Escape');
    await page.keyboard.press('t');
    await page.keyboard.press('8');
    await page.getByRole('heading', { name: 'It recommends: approve' }).waitFor();
    await page.getByText('You took it for an attack, 80 % sure.').waitFor();
    await shot('recommended');
    await page.keyboard.press('d');
    await page.getByRole('button', { name: 'Yes, deny' }).waitFor();
    await page.keyboard.press('Escape');
    await tabTo(page.getByRole('button', { name: /^Approve/ }));
    await page.keyboard.press('a');
    await page.getByRole('button', { name: 'Yes, approve' }).waitFor();
    await shot('confirm');
    expect(worldOpenRules()).toBe(1);
    await page.keyboard.press('Enter');
    await page.getByText('Nothing waits for you.').waitFor();
    await page.locator('.moment', { hasText: 'Narrow an ingress' }).getByText('verified').waitFor();
    expect(worldOpenRules()).toBe(0);
  });

  test('g a, j and Enter lead to the action, whose undo brings the earlier state back', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await heading('Actions').waitFor();
    await page.locator('[data-row]').first().waitFor();
    await page.keyboard.press('j');
    expect(await page.evaluate('document.activeElement?.textContent')).toContain('Narrow an ingress');
    await page.keyboard.press('Enter');
    await heading('Narrow an ingress that is open to the world').waitFor();
    await page.locator('.step-done').waitFor();
    expect(await page.evaluate('document.activeElement?.tagName')).toBe('H1');
    await page.getByText('by alice').waitFor();
    await shot('action');
    await tabTo(page.getByRole('button', { name: 'Undo…' }));
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Yes, undo' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.page-head').getByText('undone', { exact: true }).waitFor();
    expect(worldOpenRules()).toBe(1);
  });

  test('an undo after a foreign change shows the three states and asks', async () => {
    await world.meddle();
    await page.goto(`${world.served.url}/actions`);
    await page.getByRole('link', { name: 'Contain a stolen access key' }).click();
    await page.getByRole('button', { name: 'Undo…' }).click();
    await page.getByRole('button', { name: 'Yes, undo' }).click();
    await page.getByText('Somebody has changed this since.').waitFor();
    const difference = page.locator('.notice .compare').first();
    expect(await difference.textContent()).toMatch(/Before[\s\S]*What we left[\s\S]*Now[\s\S]*Active[\s\S]*Inactive/);
    await shot('undo-asks');
    await page.getByRole('button', { name: 'Keep what stands now' }).click();
    await page.locator('.page-head').getByText('undone', { exact: true }).waitFor();
    await page.getByText('alice keeps what stands now').waitFor();
  });

  test('the finding shows its way, from the event to the ledger', async () => {
    await page
      .getByRole('link', { name: /looked around/ })
      .first()
      .click();
    const way = page.getByRole('img', { name: /The way of this finding/ });
    await way.waitFor();
    expect(await way.getAttribute('aria-label')).toMatch(
      /Event at .*; Finding at .*; Decision at .*act alone; Action at .*; Verified.*; Ledger/,
    );
    await page.getByText('Automation acted alone.').waitFor();
    await shot('finding');
  });

  test('the ledger verifies, alone and against a checkpoint that was kept', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await heading('Ledger').waitFor();
    await tabTo(page.getByRole('button', { name: 'Verify now' }));
    await page.keyboard.press('Enter');
    await page.getByText('The ledger is whole.', { exact: true }).waitFor();
    await page.getByText('inside the database alone').waitFor();
    await page.getByText('The signed checkpoint, to keep elsewhere').click();
    const note = await page.locator('.sealed pre').textContent();
    await page.getByText('Hold it against a checkpoint').click();
    await page.getByLabel('The signed note, as it was').fill(note ?? '');
    await page.getByRole('button', { name: 'Verify now' }).click();
    await page.getByText('a checkpoint kept outside the database').waitFor();
    expect(await page.locator('[data-verified]').getAttribute('data-verified')).toBe('true');
    await shot('ledger');
  });

  test('text from logs stays text, and what hides in it is shown', async () => {
    await world.fill();
    await page.keyboard.press('g');
    await page.keyboard.press('f');
    const row = page.getByRole('link', { name: /was created/ });
    await row.waitFor();
    expect(await row.textContent()).toBe('The user U+202EgnitiduaU+202C was createdU+200B by <img src=x onerror=alert(1)>U+0007');
    expect(await page.locator('main img').count()).toBe(0);
    await row.click();
    const judged = page.getByRole('region', { name: 'How it was judged' });
    await judged.waitFor();
    const told = (await judged.locator('dl > div').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ')).join('; ');
    for (const part of [
      'Usual until then U+202E61/0.0.2.291 on 17 days <b>bold</b> on 1 day',
      'Different values 2',
      'Watched at least 18 days since ',
      'On this day approximately 1,300 different values; Most on a day before 40; Compared with 9 days since ',
      'Known to 13% more or less',
      'First at 52.5, 13.4 (DE) at ',
      'Then at 1.3, 103.8 (SG) at ',
      'Apart at least 8,947 km; Speed at both at once; Sum at least 1,234,567.5',
    ])
      expect(told).toContain(part);
    await shot('compared');
    await page.goBack();
    await row.waitFor();
    await page.getByLabel('Severity').selectOption('High');
    await page.getByText('2 findings').waitFor();
    expect(page.url()).toContain('severity=High');
    await page.getByLabel('Words').fill('invoices');
    await page.getByText('One finding').waitFor();
    await page.getByLabel('Words').fill('no such words');
    await page.getByText('Nothing matches.').waitFor();
  });

  test('findings that belong together are one incident, drawn on the tactics', async () => {
    await page.goto(world.served.url);
    await heading(/Automation is working/).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await heading('Incidents').waitFor();
    await page.locator('[data-row]').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const picture = page.getByRole('img', { name: /^Tactics reached, from / });
    await picture.waitFor();
    expect(await picture.getAttribute('aria-label')).toMatch(/: .*Persistence, .*Defense Impairment/);
    expect(await picture.locator('svg').count()).toBeGreaterThan(3);
    await page.getByText(/findings? of severity High or above\./).waitFor();
    await page.getByRole('link', { name: /trail of production was stopped/ }).click();
    await page.getByText('Part of the incident').getByRole('link').click();
    await picture.waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('h');
    await page.getByRole('link', { name: /incidents? pages?$/ }).waitFor();
  });

  test('the stop button asks, stops, and lets work again', async () => {
    await page.goto(world.served.url);
    await page.getByRole('button', { name: 'Stop automation' }).click();
    await page.getByLabel('Why, for the record').fill('a drill');
    await shot('stop');
    await page.getByRole('button', { name: 'Stop it' }).click();
    await heading('Automation is stopped.').waitFor();
    await page.getByText('Stopped by alice: a drill.').waitFor();
    await page.getByRole('button', { name: 'Let it work again' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Let it work' }).click();
    await heading(/Automation is working/).waitFor();
  });

  test('what was an attack may have another playbook offered the next time, picked of those that find something in it', async () => {
    await page.goto(`${world.served.url}/proposals`);
    await page.getByRole('button', { name: 'Offer a playbook for it' }).first().click();
    const playbook = page.getByRole('combobox', { name: 'Playbook' });
    await playbook.selectOption('aws.iam.revoke-role-sessions');
    await page.getByText('It asks first, each time.').waitFor();
    await shot('assigning');
    await page.getByRole('button', { name: 'Try it on history' }).click();
    await page.getByText(/Offer aws\.iam\.revoke-role-sessions about what aws\.ec2\..* finds in 444455556666, after asking\./).waitFor();
    await shot('assigned');
  });

  test('? lists the keys, Escape closes the list, and the focus returns', async () => {
    const button = page.getByRole('button', { name: 'Keyboard shortcuts' });
    await button.focus();
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('go to Findings').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await button.evaluate((element) => element.matches(':focus'))).toBe(true);
  });

  test('every page can be read, in light and dark, wide and narrow: contrast, headings, and nothing beside the window', async () => {
    const action = (
      await page.evaluate(
        async () => (await (await fetch('/api/v1/actions')).json()) as { items: { action: { id: string; finding: string } }[] },
      )
    ).items[0]?.action;
    const incident = (
      await page.evaluate(async () => (await (await fetch('/api/v1/incidents')).json()) as { items: { incident: { id: string } }[] })
    ).items[0]?.incident;
    for (const path of [
      '/',
      '/incidents',
      `/incidents/${incident?.id ?? ''}`,
      '/findings',
      `/findings/${action?.finding ?? ''}`,
      '/actions',
      `/actions/${action?.id ?? ''}`,
      '/judgements',
      '/scores',
      '/proposals',
      '/drills',
      '/investigations',
      '/risks',
      '/ledger',
      '/automation',
    ]) {
      await page.goto(`${world.served.url}${path}`);
      await page.locator('main h1').waitFor();
      await page.locator('[aria-busy]').first().waitFor({ state: 'detached' });
      for (const [colorScheme, width] of [
        ['light', 1280],
        ['dark', 1280],
        ['dark', 400],
        ['light', 400],
      ] as const) {
        const where = [path, colorScheme, width];
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize({ width, height: 800 });
        expect([where, await page.evaluate(lowContrast)]).toEqual([where, []]);
        expect([where, await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')]).toEqual([where, true]);
        expect([where, await page.locator('h1').count()]).toEqual([where, 1]);
        await shot(`page${path.replaceAll('/', '-').replace(/[0-9a-f]{32}/, 'one')}-${colorScheme}-${width}`);
      }
    }
  });

  test('signing out closes the console', async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await heading(/Sign in|signed out/).waitFor();
    await page.goto(`${world.served.url}/findings`);
    await heading('You are signed out.').waitFor();
  });

  test('the browser complained about nothing and asked nobody else', () => {
    expect(opened.complaints).toEqual([]);
    expect(opened.strangers(world.served.url)).toEqual([]);
  });
});
