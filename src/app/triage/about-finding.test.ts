import { expect, test } from 'vitest';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import type { Finding } from '../../core/model/finding.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { aboutFinding } from './about-finding.ts';

const tenant = 'default';
const account = '111122223333';
const bucket = 'arn:aws:s3:::orders';
const role = `arn:aws:iam::${account}:role/deploy`;

function findingOn(id: string, kind: Finding['kind'], uid: string): Finding {
  return findingUnderTest({
    tenant,
    id,
    kind,
    rule: { id: `aws.s3.${id}` },
    account,
    actor: { type: 'AssumedRole', uid: `arn:aws:sts::${account}:assumed-role/deploy/x`, name: 'deploy', issuer: role },
    resources: [{ uid, type: 'AWS::S3::Bucket', name: 'orders', account, region: 'us-east-1' }],
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
    return aboutFinding(tx, findingOn('attack', 'detection', bucket), { ownerTags: ['owner', 'team'] });
  });
  expect(about.owner).toEqual({ name: 'payments', from: 'tag team' });
  expect(about.tags).toMatchObject({ team: 'payments', env: 'prod' });
  expect(about.tags).not.toHaveProperty('data');
  expect(about.standing).toEqual([{ rule: 'aws.s3.public', severity: 'High' }]);
});

test('of an account that was never looked at nothing is known', async () => {
  const about = await memoryStore().within(tenant, (tx) =>
    aboutFinding(tx, findingOn('attack', 'detection', bucket), { ownerTags: ['owner'] }),
  );
  const unknown = expect.objectContaining({ level: 0, n: 0, unknown: [expect.any(String)] });
  expect(about).toMatchObject({ tags: {}, owner: null, standing: [], code: null, reach: unknown, exposed: unknown });
  expect(about).not.toHaveProperty('deployer');
});

test('what is exposed, attacked and of which data, by the other findings that are open about the same resource', async () => {
  const store = memoryStore();
  const about = await store.within(tenant, async (tx) => {
    const macie = { source: 'macie', type: 'SensitiveData:S3Object/Personal', answers: [], refs: [], state: 'active' };
    const personal = { ...findingOn('personal', 'data-security', bucket), imported: macie } as unknown as Finding;
    const attacks = [findingOn('joined', 'detection', bucket), findingOn('alone', 'detection', bucket)];
    const others = [findingOn('public', 'compliance', bucket), findingOn('elsewhere', 'detection', 'arn:aws:s3:::others')];
    for (const finding of [personal, ...attacks, ...others]) await tx.findings.put(finding, 1);
    const members = ['joined', 'alone', 'elsewhere'].map((finding) => ({ finding, revision: 'r', links: [] }));
    await tx.incidents.putMembers(members as unknown as Parameters<typeof tx.incidents.putMembers>[0]);
    await tx.incidents.assign([{ finding: 'joined', incident: 'i' }]);
    const document = await tx.documents.put(
      'snapshot',
      JSON.stringify({ resources: [{ uid: bucket, tags: { class: 'secret', 'aws:cloudformation:stack-name': 'orders' }, props: {} }] }),
    );
    await tx.settings.set(`snapshot/${account}`, { document }, 1, 'automation');
    const tolerance = { ownerTags: [], dataTags: ['class'] };
    return aboutFinding(tx, findingOn('public-too', 'compliance', bucket), tolerance, { exposing: new Set(['aws.s3.public']) });
  });
  expect(about.exposed).toMatchObject({ level: 3, facts: [{ from: 'aws.s3.public' }] });
  expect(about.exploited).toMatchObject({ level: 3, n: 1, facts: [{ from: 'open finding of aws.s3.joined' }] });
  expect(about.data).toMatchObject({ level: 3, n: 3 });
  expect(about.code).toMatchObject({ name: 'CloudFormation stack orders' });
});

test('a weakness does not stand beside itself', async () => {
  const store = memoryStore();
  const about = await store.within(tenant, async (tx) => {
    const itself = findingOn('public', 'compliance', bucket);
    await tx.findings.put(itself, 1);
    return aboutFinding(tx, itself, { ownerTags: ['owner'] });
  });
  expect(about.standing).toEqual([]);
});
