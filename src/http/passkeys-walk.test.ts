import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryLedger, memorySignIns } from '../../tools/console-memory.ts';
import { need } from '../../tools/require.ts';
import { issueSignInLink } from '../app/console/sign-in.ts';
import { pressStop } from '../app/console/stop-button.ts';
import { isStopped } from '../app/settings.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import { openWebAuthn } from '../edge/webauthn/open-webauthn.ts';
import { type BrowserUnderTest, openBrowser } from './browser-under-test.ts';
import { createHttp } from './create-http.ts';
import { type Served, serveHttp } from './serve-http.ts';

const tenant = 'default';

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
    playbooks: [],
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

  test('who has lost it gets it removed by who runs jobzero; nothing was wrong with the pages', async () => {
    await page.goto(`${served.url}/passkeys`);
    for (const [colorScheme, width] of [
      ['dark', 390],
      ['light', 1280],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
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
