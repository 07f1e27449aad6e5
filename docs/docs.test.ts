import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseOnCall } from '../src/app/on-call/on-call-settings.ts';
import { readTolerance } from '../src/app/read-tolerance.ts';

const root = resolve(import.meta.dirname, '..');
const top = readdirSync(root)
  .filter((name) => name.endsWith('.md'))
  .map((name) => join(root, name));
const below = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => join(root, 'docs', name));
const documents = [...top, ...below].sort();

/** Targets of links and pictures, without those to other places and those inside code. */
function linksOf(text: string): readonly string[] {
  const prose = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '').filter((target) => !/^[a-z]+:/.test(target));
}

/** As GitHub makes the anchor of a heading. */
function anchorsOf(text: string): ReadonlySet<string> {
  return new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
      (match[1] ?? '')
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}

test('there are documents to check', () => {
  expect(top.length).toBeGreaterThanOrEqual(2);
  expect(below.length).toBeGreaterThan(30);
});

describe.each(documents.map((path) => [relative(root, path), path] as const))('%s', (_name, path) => {
  const text = readFileSync(path, 'utf8');

  test('links lead to files and headings that exist', () => {
    const broken = linksOf(text).filter((target) => {
      const [file = '', anchor] = target.split('#');
      const found = file === '' ? path : join(dirname(path), file);
      return !existsSync(found) || (anchor !== undefined && !anchorsOf(readFileSync(found, 'utf8')).has(anchor));
    });
    expect(broken).toEqual([]);
  });

  test('files that it names exist', () => {
    const named = [...text.matchAll(/`((?:src|content|tools|web|bench|bin|docs)\/[\w./-]+\.(?:ts|tsx|js|json|yml|sql|md|cjs))`/g)];
    expect(named.map((match) => match[1] ?? '').filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});

test('ARCHITECTURE.md names enough files to follow an event', () => {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  expect(text.match(/`src\/[\w./-]+\.ts`/g)?.length ?? 0).toBeGreaterThan(30);
});

test('every guide and every page of the reference is in the index', () => {
  const index = readFileSync(join(root, 'docs/README.md'), 'utf8');
  const linked = new Set(linksOf(index).map((target) => join(root, 'docs', target.split('#')[0] ?? '')));
  const pages = below.filter((path) => /^docs\/(guides|reference)\//.test(relative(root, path)));
  expect(pages.length).toBeGreaterThan(10);
  expect(pages.filter((path) => !linked.has(path))).toEqual([]);
});

describe('the example of the tolerance file', () => {
  const page = readFileSync(join(root, 'docs/reference/tolerance.md'), 'utf8');
  const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';

  test('is read, and says what the page says', () => {
    const tolerance = readTolerance(example, 'tolerance.md');
    expect(tolerance.default.playbooks).toEqual({ 'aws.iam.deny-role-session': 'ask' });
    expect(tolerance.accounts['444455556666']).toEqual({ act: 'never', askFrom: 'Critical' });
    expect(tolerance.caps).toEqual({ perRun: 10, perHour: 20, perAccountHour: 5 });
    expect(tolerance.protected).toHaveLength(2);
    expect(tolerance.freezes.map(({ from, until }) => until - from)).toEqual([4 * 86_400_000, 36 * 3_600_000]);
    expect(tolerance.exemptions).toHaveLength(1);
    expect(tolerance.units.map(({ name, impact }) => [name, impact])).toEqual([
      ['payments', 20],
      ['sandboxes', -30],
    ]);
    expect(tolerance.announced.map(({ from, until }) => until - from)).toEqual([10 * 3_600_000]);
    expect(tolerance.people['alice']).toHaveLength(2);
    expect(tolerance.ownerTags).toEqual(['owner', 'team']);
  });

  test('a mistake in it is told with its line', () => {
    const line = example.split('\n').findIndex((part) => part.includes('act: ask')) + 1;
    expect(() => readTolerance(example.replace('act: ask', 'act: maybe'), 'tolerance.yml')).toThrowError(
      expect.objectContaining({ place: `tolerance.yml:${line}` }) as Error,
    );
    expect(() => readTolerance(`${example}\nunknown: 1\n`, 'tolerance.yml')).toThrowError();
  });
});

test('the example of the on-call file is read, and says what the page says', () => {
  const page = readFileSync(join(root, 'docs/reference/on-call.md'), 'utf8');
  const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const settings = parseOnCall(example, 'on-call.md');
  expect(settings).toMatchObject({
    zone: 'Europe/Berlin',
    budget: 2,
    shiftStart: 480,
    backup: ['dora', 'frank'],
    channels: ['pager', 'chat'],
  });
  expect(settings?.rotations.map(({ name, people }) => [name, people.length])).toEqual([
    ['weeks', 3],
    ['far nights', 1],
  ]);
  expect(settings?.everyone).toHaveLength(6);
  expect(settings?.overrides.map(({ from, until }) => until - from)).toEqual([39 * 3_600_000]);
});

test('every decision stands in the list of decisions, in order and by its title', () => {
  const folder = join(root, 'docs/decisions');
  const wanted = readdirSync(folder)
    .sort()
    .map((name) => {
      const [first = ''] = readFileSync(join(folder, name), 'utf8').split('\n', 1);
      expect(first).toMatch(new RegExp(`^# ${name.slice(0, 3)}: \\S`));
      return `- [${name.slice(0, 3)}](decisions/${name}) ${first.slice('# 000: '.length)}`;
    });
  const listed = readFileSync(join(root, 'docs/README.md'), 'utf8').split('\n');
  expect(listed.filter((line) => line.includes('](decisions/'))).toEqual(wanted);
});
