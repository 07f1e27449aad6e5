import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';

export interface BrowserUnderTest {
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the browser complained about: scripts, dialogs, and what the content security policy stopped. */
  readonly complaints: readonly string[];
  /** Requests to anywhere but the console. */
  strangers(origin: string): readonly string[];
  /** Presses Tab until this has the focus; throws when the keyboard cannot reach it. */
  tabTo(locator: Locator): Promise<void>;
  /** Gives the page an authenticator of Chromium's own, whose owner says yes to all: it signs for real. Returns the way to hand it to somebody else, and back. */
  addAuthenticator(): Promise<(isOwner: boolean) => Promise<void>>;
  /** Saves what is seen where JOBZERO_SHOTS names a folder. */
  shot(name: string): Promise<void>;
}

/** Opens Chromium with one page that notes what goes wrong in it. */
export async function openBrowser(): Promise<BrowserUnderTest> {
  const browser = await chromium.launch({
    executablePath: process.env['JOBZERO_CHROMIUM'] ?? '/usr/bin/chromium',
    chromiumSandbox: false,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, timezoneId: 'UTC' });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => {
    // A refused sign-in is an answer of 401, and what a passkey is to confirm one of 403, which Chromium logs by itself.
    if (message.type() === 'error' && !/\b40[13]\b/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => asked.push(request.url()));
  return {
    browser,
    context,
    page,
    complaints,
    strangers: (origin) => asked.filter((url) => !url.startsWith(`${origin}/`)),
    async tabTo(locator) {
      for (let presses = 0; presses < 80; presses++) {
        if (await locator.evaluate((element) => element.matches(':focus'))) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`the keyboard does not reach ${String(locator)}`);
    },
    async addAuthenticator() {
      const session = await context.newCDPSession(page);
      await session.send('WebAuthn.enable');
      const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
        options: {
          protocol: 'ctap2',
          transport: 'internal',
          hasResidentKey: true,
          hasUserVerification: true,
          isUserVerified: true,
          automaticPresenceSimulation: true,
        },
      });
      return async (isUserVerified) => {
        await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
      };
    },
    async shot(name) {
      const folder = process.env['JOBZERO_SHOTS'];
      if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
    },
  };
}
