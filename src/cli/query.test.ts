import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadQuestions } from '../app/wire/load-questions.ts';
import { wires } from '../app/wire.ts';
import type { JsonObject } from '../core/model/json.ts';
import { runCli } from './cli-under-test.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobzero-query-'));
const logs = join(folder, 'logs.json');
const real = wires({ JOBZERO_HOME: join(folder, 'home') });
const questions = await loadQuestions();

const account = '111122223333';
const office = { sourceIPAddress: '192.0.2.10', userAgent: 'aws-cli/2.17.0 md/x' };
const userOf = (name: string, key: string) => ({
  ...office,
  userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/${name}`, accountId: account, userName: name, accessKeyId: key },
});
const session = (of: string, role: string, name: string) => ({
  type: 'AssumedRole',
  arn: `arn:aws:sts::${of}:assumed-role/${role}/${name}`,
  accountId: of,
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  sessionContext: { sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${of}:role/${role}` }, attributes: { mfaAuthenticated: 'false' } },
});

/** Who stands behind the names of the example records. */
const people: { readonly [name: string]: JsonObject } = {
  alice: userOf('alice', 'AKIAIOSFODNN7EXAMPLE'),
  'alice-console': {
    ...office,
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/alice`, accountId: account, userName: 'alice' },
  },
  bob: userOf('bob', 'AKIAIOSFODNN7EXAMPL2'),
  thief: { ...userOf('ci', 'AKIAIOSFODNN7EXAMPL3'), sourceIPAddress: '203.0.113.7', userAgent: 'Boto3/1.42' },
  deploy: { ...office, userIdentity: session(account, 'deploy', 'build') },
  vendor: { ...office, sourceIPAddress: '198.51.100.9', userIdentity: session('444455556666', 'scanner', 'run') },
  root: { ...office, userIdentity: { type: 'Root', arn: `arn:aws:iam::${account}:root`, accountId: account } },
};

beforeAll(() => {
  const file = new URL('../../content/questions/example-records.yml', import.meta.url);
  const records = (parse(readFileSync(file, 'utf8')) as readonly (JsonObject & { by?: string })[]).map(
    ({ by = 'alice', ...record }, n) => ({
      eventVersion: '1.11',
      eventTime: new Date(Date.UTC(2026, 0, 5, 10, n)).toISOString().replace('.000Z', 'Z'),
      eventID: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      awsRegion: 'us-east-1',
      recipientAccountId: account,
      readOnly: /^(Get|List|Describe|Head)/.test(String(record['eventName'])),
      ...people[by],
      ...record,
    }),
  );
  writeFileSync(logs, JSON.stringify({ Records: records }));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Row {
  readonly [column: string]: unknown;
}

async function ask(...args: readonly string[]): Promise<readonly Row[]> {
  const { code, out, err } = await runCli(['query', ...args, '--logs', logs, '--format', 'json'], real);
  expect([code, err.replace(/^[\d,]+ rows?\n$/, '')]).toEqual([0, '']);
  return JSON.parse(out) as readonly Row[];
}

describe('ready questions', () => {
  test('there are at least fifteen, each with its own title', () => {
    expect(questions.length).toBeGreaterThanOrEqual(15);
    expect(new Set(questions.map(({ title }) => title)).size).toBe(questions.length);
  });

  test.each(questions.map((question) => [question.id, question] as const))(
    '%s answers its example',
    async (id, { example, parameters }) => {
      expect(Object.keys(example.parameters).every((name) => Object.hasOwn(parameters, name))).toBe(true);
      const params = Object.entries(example.parameters).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
      const rows = await ask('--question', id, ...params);
      expect(rows.map((row) => Object.values(row))).toEqual(example.rows);
    },
  );

  test('are listed with what they need', async () => {
    const { out } = await runCli(['query', '--questions'], real, { columns: 120 });
    expect(out).toMatch(/aws\.s3\.bucket-readers +bucket +Who read this bucket\?/);
  });

  test('a value that is SQL stays a value', async () => {
    expect(await ask('--question', 'key-used', '--param', "key=' or 1=1 --")).toEqual([]);
  });
});

describe('jobzero query', () => {
  test('SQL with a parameter, and numbers as numbers', async () => {
    expect(await ask('select count(*) as n from cloudtrail where eventName = $name', '--param', 'name=GetObject')).toEqual([{ n: 4 }]);
  });

  test('a range of time cuts it', async () => {
    expect(await ask('select count(*) as n from events', '--from', '2026-01-05T10:01:00Z', '--to', '2026-01-05T10:03:00Z')).toEqual([
      { n: 2 },
    ]);
  });

  test('an event that came twice counts once', async () => {
    const [once] = await ask('select count(*) as n from events');
    expect(await ask('select count(*) as n from events', '--logs', logs)).toEqual([once]);
    const copy = join(folder, 'copy.json');
    writeFileSync(copy, readFileSync(logs));
    expect(await ask('select count(*) as n from events', '--logs', copy)).toEqual([once]);
  });

  test('CSV for spreadsheets: quotes are doubled, formulas are not run', async () => {
    const sql = `select 'a"b' as x, '=1+1' as y, null as z, -5 as n`;
    const { out } = await runCli(['query', sql, '--logs', logs, '--format', 'csv'], real);
    expect(out).toBe(`x,y,z,n\r\n"a""b",'=1+1,,-5\r\n`);
  });

  test('a table holds the first rows, and hostile text is not obeyed', async () => {
    const { out } = await runCli(['query', "select chr(27) || '[31m' as x from range(5)", '--logs', logs, '--limit', '2'], real, {
      columns: 80,
    });
    expect(out).not.toContain('\u001b[31m');
    expect(out).toContain('and 3 more');
  });

  test.each([
    ['nothing to ask', ['query', '--logs', logs], 'say what to ask'],
    ['a question that is not there', ['query', '--question', 'aws.no.such', '--logs', logs], 'no such question'],
    ['a missing parameter', ['query', '--question', 'aws.iam.key-used', '--logs', logs], 'needs --param key=VALUE'],
    [
      'a parameter of another question',
      ['query', '--question', 'aws.iam.keys-created', '--param', 'key=x', '--logs', logs],
      'has no parameter key',
    ],
    ['SQL that is none', ['query', 'selec 1', '--logs', logs], 'syntax error'],
    ['a change', ['query', 'create table x as select 1', '--logs', logs], 'only reads are allowed'],
    [
      'too long',
      [
        'query',
        'select count(*) from range(1000000000) a, range(1000000000) b where a.range + b.range = 7',
        '--logs',
        logs,
        '--seconds',
        '1',
      ],
      'took longer than 1 s',
    ],
  ])('%s is said', async (_, args, says) => {
    const { code, err } = await runCli(args, real);
    expect(err).toContain(says);
    expect(code).toBe(2);
  });
});
