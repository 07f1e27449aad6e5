import fc from 'fast-check';
import { extractLinks, extractText, getDocumentProxy } from 'unpdf';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { containAccessKey } from '../../../../content/playbooks/aws/iam/contain-access-key.ts';
import { canonicalJson } from '../../../core/lib/canonical-json.ts';
import { sha256 } from '../../../core/lib/hash.ts';
import type { PrintedDocument } from '../../../core/model/printed-document.ts';
import type { Ledger } from '../../../core/ports/ledger.ts';
import type { Store } from '../../../core/ports/store.ts';
import { openLedger } from '../../../edge/postgres/open-ledger.ts';
import { openStore } from '../../../edge/postgres/open-store.ts';
import { openSigningKey } from '../../../edge/postgres/signing-key.ts';
import { type TestDatabase, testDatabase } from '../../../edge/postgres/testing.ts';
import type { ConsoleDeps } from '../../console/console-deps.ts';
import { channels, hour, type IncidentWorld, incidentWorld, minute, noon } from '../incident-mode-under-test.ts';
import { draftReview, readReview } from './draft-review.ts';
import { escapeMarkdown, printMarkdown } from './print-markdown.ts';
import { printPdf } from './print-pdf.ts';

const evil = '](https://evil.example.com) <script>alert(1)</script> | ![x](y) \u202e`rm` **b** https://evil.example.com \u4e2d\ud83d\ude00';

/** What a reader of PDF shows: the text of each page, and where its links lead. */
async function readPdf(bytes: Uint8Array): Promise<{ readonly texts: readonly string[]; readonly links: readonly string[] }> {
  const pdf = await getDocumentProxy(new Uint8Array(bytes));
  const { text } = await extractText(pdf);
  const { links } = await extractLinks(pdf);
  return { texts: text.map((one) => one.replace(/\s+/g, ' ')), links };
}

describe('the review', () => {
  let database: TestDatabase;
  let store: Store;
  let ledger: Awaited<ReturnType<typeof openLedger>>;
  let w: IncidentWorld;
  let deps: ConsoleDeps;
  let id: string;

  beforeAll(async () => {
    database = await testDatabase();
    store = await openStore({ url: database.url });
    w = await incidentWorld(store);
    const keys = `${process.env['TMPDIR'] ?? '/tmp'}/jobzero-review-${process.pid}.pem`;
    ledger = await openLedger({ url: database.url, tenant: w.tenant, key: await openSigningKey(keys) });
    deps = {
      ...w.deps,
      ledger: ledger as Ledger,
      playbooks: [containAccessKey],
      inbound: { channels: async () => ({ ...channels, console: 'https://jobzero.example.com' }), secret: async () => '' },
    } as unknown as ConsoleDeps;
    await w.found('i', [w.findingOf('f', 'Critical')], { title: `Incident ${evil}` });
    w.at(noon + 3 * minute);
    await w.run();
    id = await w.declared('alice', { incident: 'i', title: '' });
    w.at(noon + 10 * minute);
    await w.command(id, 'bob', { do: 'say', text: evil });
    await w.command(id, 'alice', { do: 'start-clocks', obligation: w.obligation('eu.nis2'), moments: { aware: noon } });
    await w.command(id, 'alice', { do: 'tell', audience: 'Example AG', text: 'We look into it.', means: 'phone', addresses: [] });
    w.at(noon + 25 * hour);
    await w.command(id, 'alice', { do: 'meet', clock: 'eu.nis2/early-warning', time: noon + 25 * hour, note: 'BSI, 4711' });
    await w.command(id, 'bob', { do: 'learn', text: 'No long-lived keys', addresses: [{ channel: 'tickets', to: '' }] });
  });
  afterAll(async () => {
    await ledger?.close();
    await store?.close();
    await database?.close();
  });

  test('tells what happened with its evidence, and each event with its leaf, which has the hash of what is stored', async () => {
    const drafted = await draftReview(deps, id, 'alice');
    const markdown = printMarkdown(drafted?.document ?? expect.fail());
    for (const part of [
      'Found, 2026-01-06 11:00Z',
      'event-of-f',
      'told Example AG (phone)',
      'Met 2026-01-07 12:00Z, 1 h late',
      'was met late',
      'No long-lived keys',
      'tickets: waiting',
      'Automation did nothing about it',
    ])
      expect(markdown).toContain(part);
    expect(markdown).toMatch(/the ledger of \d+ leaves verifies/);
    expect(markdown).toContain(
      'Of 7 events of this incident 7 have a leaf with the hash of what is stored, 0 have one with another hash, and 0 have none',
    );
    const leaves = [...markdown.matchAll(/#(\d+) \| (\d+) declared \| ([0-9a-f]{64}) \| ([0-9a-f]{64})/g)];
    expect(leaves).toHaveLength(1);
    const [entry] = await ledger.entries(Number(leaves[0]?.[1]), 1);
    expect(entry?.bytes).toContain(leaves[0]?.[4]);
    expect(leaves[0]?.[3]).toBe(sha256(Buffer.concat([Buffer.from([0]), Buffer.from(entry?.bytes ?? '')])));
    expect(await readReview(deps, id, drafted?.hash ?? '')).toEqual(drafted?.document);
    expect(await readReview(deps, id, sha256('another document'))).toBeNull();
    expect((await w.is(id)).responders.map(({ person }) => person)).toEqual(['alice', 'bob']);
  });

  test('says which event differs from its leaf when somebody has changed what is stored', async () => {
    await w.within(async (tx) => {
      const item = await tx.items.get('declared-incident-event', `${id}/000003`);
      if (item === null) expect.fail();
      await tx.items.move({ ...item, doc: { ...(item.doc as object), text: 'I said nothing.' } }, [id]);
    });
    const { document } = (await draftReview(deps, id, 'alice')) ?? expect.fail();
    const markdown = printMarkdown(document);
    expect(markdown).toContain('1 have one with another hash');
    expect(markdown).toMatch(/3 said \| [0-9a-f]{64} \| [0-9a-f]{64} \(differs from what is stored\)/);
  });

  test('names of attackers are no markup, and only our own addresses are links', async () => {
    const { document } = (await draftReview(deps, id, 'alice')) ?? expect.fail();
    const markdown = printMarkdown(document);
    expect([...markdown.matchAll(/(?<!\\)\]\(([^)]*)\)/g)].every(([, to]) => to?.startsWith('<https://jobzero.example.com/'))).toBe(true);
    expect(markdown).not.toMatch(/(?<!\\)<script|\u202e|(?<!<)https:\/\//u);
    expect(markdown).toContain('中😀');
  });

  test('as PDF it is well-formed, has the same texts, no scripts, and links to us alone; the same document gives the same bytes', async () => {
    const { document } = (await draftReview(deps, id, 'alice')) ?? expect.fail();
    const bytes = await printPdf(document);
    expect(sha256(await printPdf(JSON.parse(canonicalJson(document)) as PrintedDocument))).toBe(sha256(bytes));
    const { texts, links } = await readPdf(bytes);
    const all = texts.join(' ');
    expect(texts.length).toBeGreaterThan(2);
    for (const part of ['Review: Incident', 'What the clocks said', 'Example AG', '\\u{202e}', '\\u{4e2d}\\u{1f600}'])
      expect(all).toContain(part);
    expect(links.length).toBeGreaterThan(0);
    expect(links.every((url) => url.startsWith('https://jobzero.example.com/'))).toBe(true);
    expect(Buffer.from(bytes).toString('latin1')).not.toMatch(/\/JavaScript|\/JS|\/Launch|\/EmbeddedFile|\/AcroForm/);
  });
});

describe('printing', () => {
  const documentOf = (text: string): PrintedDocument => ({
    format: 'jobzero.printed-document/1',
    title: text,
    at: 0,
    site: 'https://jobzero.example.com',
    blocks: [
      { kind: 'heading', level: 2, text },
      { kind: 'paragraph', text },
      { kind: 'list', items: [text, { text, path: '/findings/f' }] },
      { kind: 'questions', items: [text] },
      { kind: 'table', head: ['a', text], widths: [1, 6], rows: Array.from({ length: 3 }, () => [text, { text, path: '/x' }]) },
    ],
  });
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc
      .array(
        fc.constantFrom(')', '(', '>', '<', '\\', 'ET ', '[', ']', '|', '`', '*', '_', '#', '\n', '\u0000', '\u202e', '\ud800', 'é', '€'),
        { maxLength: 40 },
      )
      .map((all) => all.join('')),
  );

  test('any text gives a PDF that can be read, and is in it', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const { texts, links } = await readPdf(await printPdf(documentOf(text)));
        expect(links.every((url) => url.startsWith('https://jobzero.example.com/'))).toBe(true);
        expect(texts.join('')).not.toMatch(/[^\u0020-\u007e\u00a0-\u00ff€…‘’“”•–—]/);
        const letters = /[a-z]{3,}/.exec(text)?.[0] ?? '';
        expect(texts.join('').replace(/ /g, '')).toContain(letters);
      }),
      { numRuns: 50 },
    );
  });

  test('of any text Markdown makes no markup', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        // Our own break of addresses is no mark of the text.
        const escaped = escapeMarkdown(text).replaceAll('&#8203;', '');
        // Each mark that could mean something has an odd number of backslashes before it.
        for (const [, before = ''] of escaped.matchAll(/(\\*)[[\]<>`*_|~&@$]/g)) expect(before.length % 2).toBe(1);
        expect(escaped).not.toMatch(/\n|\u202e|^[-+#=](?=[ #=-]|$)|^\d+[.)](?= |$)/u);
      }),
    );
  });

  test('a table that is longer than a page has its head on each, and of a row that is longer nothing is lost', async () => {
    const rows = [...Array.from({ length: 200 }, (_, i) => [`row-${i}-`, 'x'.repeat(300)]), ['the last', 'word '.repeat(3000)]];
    const { texts } = await readPdf(
      await printPdf({ ...documentOf('t'), blocks: [{ kind: 'table', head: ['HEAD', 'b'], widths: [1, 2], rows }] }),
    );
    expect(texts.length).toBeGreaterThan(5);
    for (const text of texts) expect(text.match(/HEAD/g)).toHaveLength(1);
    const all = texts.join(' ');
    for (const [name = ''] of rows) expect(all).toContain(name);
    expect(all.match(/x/g)).toHaveLength(200 * 300);
    expect(all.replace(/ /g, '').match(/word/g)).toHaveLength(3000);
  });
});
