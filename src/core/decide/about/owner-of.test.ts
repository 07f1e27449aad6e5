import { expect, test } from 'vitest';
import { findingUnderTest } from '../../lib/finding-under-test.ts';
import type { Deployer } from '../../model/decide-context.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { indexAccount } from './account-index.ts';
import { type OwnerWords, ownerOf } from './owner-of.ts';

const account = '111122223333';
const region = 'eu-west-1';
const stack = { 'aws:cloudformation:stack-id': `arn:aws:cloudformation:${region}:${account}:stack/orders/1` };

function resource(
  type: string,
  uid: string,
  tags: Resource['tags'] = {},
  props: JsonObject = {},
  unread: Resource['unread'] = {},
): Resource {
  return { uid, type: `AWS::${type}`, name: uid.split(/[/:]/).at(-1) ?? uid, account, region, tags, props, unread };
}

const bucket = (tags: Resource['tags']) => resource('S3::Bucket', 'arn:aws:s3:::orders', tags);
const other = (tags: Resource['tags'], name = 'queue') => resource('SQS::Queue', `arn:aws:sqs:${region}:${account}:${name}`, tags);
const itself = (tags: Resource['tags'], props: JsonObject, unread: Resource['unread'] = {}) =>
  resource('::Account', `arn:aws:iam::${account}:root`, tags, props, unread);
const contacts = {
  securityContact: { name: 'Security', email: 'security@example.com' },
  operationsContact: { name: 'Operations', email: 'operations@example.com' },
  accountEmail: 'aws@example.com',
};
const deployer: Deployer = {
  who: `arn:aws:sts::${account}:assumed-role/AWSReservedSSO_Admin_1/dana@example.com`,
  by: 'person',
  with: '',
  operation: 'PutBucketPolicy',
  at: 1,
  from: 'test',
};
const finding = findingUnderTest({
  account,
  region,
  kind: 'compliance',
  resources: [{ uid: 'arn:aws:s3:::orders', type: 'AWS::S3::Bucket', name: 'orders', account, region }],
});
const words: OwnerWords = {
  ownerTags: ['owner'],
  people: { dana: ['arn:aws:sts::*:assumed-role/AWSReservedSSO_*/dana@example.com'] },
  accountOwners: { [account]: 'kim' },
};

function owner(resources: readonly Resource[], { by, ...more }: Partial<OwnerWords> & { readonly by?: Deployer | null } = {}) {
  const index = indexAccount(resources);
  const tags = index.byUid.get('arn:aws:s3:::orders')?.tags ?? {};
  return ownerOf(finding, tags, by, index, { ...words, accountOwners: {}, ...more });
}

test('the first way that names somebody counts, from the thing itself to whom AWS writes to', () => {
  const all = [bucket({ ...stack, owner: 'olga' }), other({ ...stack, owner: 'oscar' }), itself({ owner: 'ada' }, contacts)];
  const ways = { by: deployer, ...words };
  const without = (n: number) =>
    [
      bucket(n > 0 ? stack : { ...stack, owner: 'olga' }),
      other(n > 1 ? {} : { ...stack, owner: 'oscar' }),
      itself(
        n > 4 ? {} : { owner: 'ada' },
        n > 6 ? { accountEmail: contacts.accountEmail } : n > 5 ? { ...contacts, securityContact: null } : contacts,
      ),
    ] as const;
  expect(owner(all, ways).owner).toEqual({ name: 'olga', from: 'tag owner' });
  const said = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => {
    const { by, accountOwners, ...rest } = ways;
    return owner(without(n), { ...rest, by: n > 2 ? null : by, accountOwners: n > 3 ? {} : (accountOwners ?? {}) }).owner;
  });
  expect(said).toEqual([
    { name: 'olga', from: 'tag owner' },
    { name: 'oscar', from: 'tag owner of what the same code made' },
    { name: 'dana', from: 'who changed it last', changedLast: true },
    { name: 'kim', from: 'accountOwners of the tolerance' },
    { name: 'ada', from: 'tag owner of the account' },
    { name: 'security@example.com', from: "the account's security contact" },
    { name: 'operations@example.com', from: "the account's operations contact" },
    { name: 'aws@example.com', from: 'the address that the account was opened with' },
  ]);
});

test('what the same code made must agree, and only a tag that AWS sets says that it is the same', () => {
  const quarrel = [bucket(stack), other({ ...stack, owner: 'a' }), other({ ...stack, owner: 'b' }, 'second')];
  expect(owner(quarrel).owner).toBeNull();
  expect(owner([bucket({ ManagedBy: 'terraform' }), other({ ManagedBy: 'terraform', owner: 'a' })]).owner).toBeNull();
});

test('of a pipeline that changed it, whose its role is; a service and who did it themselves are nobody', () => {
  const role = resource('IAM::Role', `arn:aws:iam::${account}:role/deploy`, { owner: 'platform' });
  const who = `arn:aws:sts::${account}:assumed-role/deploy/run-1`;
  const pipeline: Deployer = { ...deployer, who, by: 'pipeline' };
  expect(owner([bucket({}), role], { by: pipeline }).owner).toEqual({
    name: 'platform',
    from: 'tag owner of who changed it last',
    changedLast: true,
  });
  expect(owner([bucket({}), role], { by: { ...pipeline, by: 'service' } }).owner).toBeNull();
  const did = { ...finding, actor: { type: 'AssumedRole', uid: who, name: 'run-1' } };
  expect(ownerOf(did, {}, pipeline, indexAccount([role]), { ownerTags: ['owner'] }).owner).toBeNull();
});

test('what could not be read of the ways is named with its permission, where nobody is named', () => {
  const unread = { securityContact: 'account:GetAlternateContact', accountEmail: 'organizations:DescribeAccount' };
  expect(owner([bucket({}), itself({}, { operationsContact: null }, unread)])).toEqual({
    owner: null,
    unknown: [
      "the account's security contact: account:GetAlternateContact failed",
      "the account's address: organizations:DescribeAccount failed",
    ],
  });
  expect(owner([bucket({ owner: 'olga' }), itself({}, {}, unread)]).unknown).toEqual([]);
  expect(ownerOf(finding, {}, null, null, words).owner).toEqual({ name: 'kim', from: 'accountOwners of the tolerance' });
});

test('tags of its type that could not be read are named, of its Region alone', () => {
  const missed = { account, permission: 'tag:GetResources', types: ['AWS::S3::Bucket'], code: 'AccessDenied', reason: 'x' };
  const unknown = (of: string) => ownerOf(finding, {}, null, indexAccount([], [{ ...missed, region: of }]), { ownerTags: [] }).unknown;
  expect(unknown(region)).toEqual(['its tags: tag:GetResources failed']);
  expect(unknown('us-east-1')).toEqual([]);
});
