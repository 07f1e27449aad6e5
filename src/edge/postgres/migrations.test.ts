import { afterAll, beforeAll, expect, test } from 'vitest';
import { canonicalJson } from '../../core/lib/canonical-json.ts';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import type { Finding } from '../../core/model/finding.ts';
import { withClient } from './connections.ts';
import { knownMigrations, migrate } from './migrate.ts';
import { openDatabase } from './open-database.ts';
import { openStore } from './open-store.ts';
import { ensureRoles } from './roles.ts';
import { emptyTestDatabase } from './testing.ts';

let db: Awaited<ReturnType<typeof emptyTestDatabase>>;

beforeAll(async () => {
  db = await emptyTestDatabase();
});
afterAll(async () => {
  await withClient(db.server.url, (client) => client.query(`drop database if exists ${db.name} with (force)`));
  await db.server.stop();
});

const finding = (tenant: string, id: string, severity: Finding['severity'], lastTime: number, kind: Finding['kind']): Finding =>
  findingUnderTest({
    tenant,
    id,
    kind,
    severity,
    at: lastTime,
    evidence: [
      {
        key: 'k',
        id: 'k',
        time: lastTime,
        rule: 'aws.x.y',
        operation: 'X',
        service: 'x.amazonaws.com',
        account: '111122223333',
        region: 'us-east-1',
        // What an attacker may write: the same members as the finding's own.
        kept: { id: 'x', kind: 'forged', lastTime: 77, message: 'x' },
      },
    ],
    // What JSON can hold and PostgreSQL's text cannot, and what looks like the members that are read.
    message: 'a\u0000b \ud800 ","kind":"forged","lastTime":88,"message":"',
  });

test('findings of a database of version 1, of every tenant, stand in their order after the migrations', async () => {
  const known = await knownMigrations();
  const rows = ['one', 'two'].flatMap((tenant) => [
    finding(tenant, 'f1', 'Low', 9, 'detection'),
    finding(tenant, 'f2', 'Critical', 1, 'compliance'),
    finding(tenant, 'f3', 'High', 5, 'detection'),
    finding(tenant, 'f4', 'High', 7, 'detection'),
    finding(tenant, 'f5', 'Informational', 0, 'compliance'),
    finding(tenant, 'f6', 'Medium', 1_795_317_803_063, 'compliance'),
  ]);
  await withClient(db.adminUrl, async (client) => {
    await ensureRoles(client, db.adminUrl);
    await migrate(client, known.slice(0, 1));
    for (const row of rows) {
      await client.query(
        `insert into jobzero.findings (tenant_id, id, revision, rule, severity, account, state, is_decided, updated_at, doc)
         values ($1, $2, $3, $4, $5, $6, 'open', true, 1, $7)`,
        [row.tenant, row.id, row.revision, row.rule.id, row.severity, row.account, canonicalJson(row)],
      );
    }
  });
  const { url } = await openDatabase({ url: db.adminUrl });
  const store = await openStore({ url });
  for (const tenant of ['one', 'two']) {
    const ids = (kind?: Finding['kind']) =>
      store.within(tenant, async (tx) =>
        (await tx.findings.list({ limit: 9, order: 'gravest', ...(kind === undefined ? {} : { kind }) })).map((row) => row.finding.id),
      );
    expect(await ids()).toEqual(['f2', 'f4', 'f3', 'f6', 'f1', 'f5']);
    expect(await ids('compliance')).toEqual(['f2', 'f6', 'f5']);
  }
  await store.close();
});
