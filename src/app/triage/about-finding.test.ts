import { expect, test } from 'vitest';
import { sealFinding } from '../../core/lib/seal-finding.ts';
import type { Finding } from '../../core/model/finding.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { aboutFinding } from './about-finding.ts';

const tenant = 'default';
const account = '111122223333';
const bucket = 'arn:aws:s3:::orders';
const role = `arn:aws:iam::${account}:role/deploy`;

function findingOn(id: string, kind: Finding['kind'], uid: string): Finding {
  return sealFinding({
    format: 'jobzero.finding/1',
    tenant,
    id,
    kind,
    rule: { id: `aws.s3.${id}`, major: 1, title: 'X', description: '', techniques: [], tactics: [] },
    severity: 'High',
    group: {},
    bucket: 0,
    account,
    region: 'us-east-1',
    actor: { type: 'AssumedRole', uid: `arn:aws:sts::${account}:assumed-role/deploy/x`, name: 'deploy', issuer: role },
    resources: [{ uid, type: 'AWS::S3::Bucket', name: 'orders', account, region: 'us-east-1' }],
    firstTime: 1,
    lastTime: 1,
    count: { n: 1, atLeast: false },
    evidence: [],
    message: 'X',
  });
}

test('tags and owner come from the last snapshot, of the resource before the role; open weaknesses of the same resource stand beside it', async () => {
  const store = memoryStore();
  const about = await store.within(tenant, async (tx) => {
    const resources = [
      { uid: role, tags: { team: 'platform', env: 'prod' } },
      { uid: bucket, tags: { team: 'payments', ['__proto__']: 'x' } },
      { uid: 'arn:aws:s3:::others', tags: { data: 'secret' } },
    ];
    const document = await tx.documents.put('snapshot', JSON.stringify({ resources }));
    await tx.settings.set(`snapshot/${account}`, { document }, 1, 'automation');
    await tx.findings.put(findingOn('public', 'compliance', bucket), 1);
    await tx.findings.put(findingOn('elsewhere', 'compliance', 'arn:aws:s3:::others'), 1);
    await tx.findings.put(findingOn('mended', 'compliance', bucket), 1);
    await tx.findings.live('mended', 'resolved', 2, 'automation', '');
    return aboutFinding(tx, findingOn('attack', 'detection', bucket), ['owner', 'team']);
  });
  expect(about.owner).toEqual({ name: 'payments', from: 'tag team' });
  expect(about.tags).toMatchObject({ team: 'payments', env: 'prod' });
  expect(about.tags).not.toHaveProperty('data');
  expect(about.standing).toEqual([{ rule: 'aws.s3.public', severity: 'High' }]);
});

test('of an account that was never looked at nothing is known', async () => {
  const about = await memoryStore().within(tenant, (tx) => aboutFinding(tx, findingOn('attack', 'detection', bucket), ['owner']));
  expect(about).toEqual({ tags: {}, owner: null, standing: [] });
});

test('a weakness does not stand beside itself', async () => {
  const store = memoryStore();
  const about = await store.within(tenant, async (tx) => {
    const itself = findingOn('public', 'compliance', bucket);
    await tx.findings.put(itself, 1);
    return aboutFinding(tx, itself, ['owner']);
  });
  expect(about.standing).toEqual([]);
});
