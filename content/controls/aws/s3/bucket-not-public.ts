import { publicStatements } from '../../../../src/core/lib/access/public-statements.ts';
import { asObject, textAt } from '../../../../src/core/lib/json-at.ts';
import { unread } from '../../../../src/core/lib/unread.ts';
import type { Control } from '../../../../src/core/model/control.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Outcome, Resource } from '../../../../src/core/model/resource.ts';

/** True, false, or the outcome that says why nobody knows. */
type Known = boolean | Outcome;

/** The groups of everybody and of everybody with an AWS account: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html */
const everybody = /^https?:\/\/acs\.amazonaws\.com\/groups\/global\/(AllUsers|AuthenticatedUsers)$/;

/** One switch of the block of public access: the bucket's or the account's is enough. */
function blocked(bucket: Resource, name: string): Known {
  const { publicAccessBlock, accountPublicAccessBlock } = bucket.props;
  const blocks = [publicAccessBlock, accountPublicAccessBlock];
  if (blocks.some((block) => asObject(block)?.[name] === true)) return true;
  if (publicAccessBlock === undefined) return unread(bucket, 'publicAccessBlock', 's3:GetBucketPublicAccessBlock');
  if (accountPublicAccessBlock === undefined) return unread(bucket, 'accountPublicAccessBlock', 's3:GetAccountPublicAccessBlock');
  return false;
}

/** AWS's own verdict counts where it gives one; else the policy is read. */
function policyIsPublic(bucket: Resource): Known {
  const { policy, policyIsPublic } = bucket.props;
  if (policy === null) return false;
  if (typeof policyIsPublic === 'boolean') return policyIsPublic;
  if (policy === undefined) return unread(bucket, 'policy', 's3:GetBucketPolicy');
  const verdict = publicStatements(policy);
  if (verdict !== null && verdict.open.length > 0) return true;
  if (verdict === null || verdict.faults.length > 0)
    return { status: 'Unknown', missing: 's3:GetBucketPolicyStatus', reason: `The policy of bucket ${bucket.name} cannot be understood.` };
  return false;
}

function aclIsPublic(bucket: Resource): Known {
  const { acl } = bucket.props;
  if (!Array.isArray(acl)) return unread(bucket, 'acl', 's3:GetBucketAcl');
  return acl.some((grant: Json) => everybody.test(textAt(grant, 'grantee') ?? ''));
}

/** Open when it is public and not blocked; unknown only where the unknown part decides. */
function open(isPublic: Known, isBlocked: Known): Known {
  if (isPublic === false || isBlocked === true) return false;
  if (isPublic === true && isBlocked === false) return true;
  return isPublic === true ? isBlocked : isPublic;
}

const off = { blockPublicAcls: false, ignorePublicAcls: false, blockPublicPolicy: false, restrictPublicBuckets: false };
const on = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true };
const closed = {
  publicAccessBlock: null,
  accountPublicAccessBlock: null,
  policy: null,
  policyIsPublic: null,
  acl: [{ grantee: '79a5', permission: 'FULL_CONTROL' }],
};
const publicPolicy = { Statement: { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::example/*' } };
const publicAcl = [{ grantee: 'http://acs.amazonaws.com/groups/global/AllUsers', permission: 'READ' }];

export const bucketNotPublic: Control = {
  id: 'aws.s3.bucket-not-public',
  title: 'A bucket is not public',
  why: 'What is in a public bucket is copied within hours by those who search for such buckets, and cannot be called back.',
  severity: 'High',
  type: 'AWS::S3::Bucket',
  reads: [
    's3:ListAllMyBuckets',
    's3:GetBucketLocation',
    's3:GetBucketPublicAccessBlock',
    's3:GetAccountPublicAccessBlock',
    's3:GetBucketPolicy',
    's3:GetBucketPolicyStatus',
    's3:GetBucketAcl',
  ],
  remediation:
    'Block public access to the bucket. A public site is served by CloudFront with origin access control, other accounts by a policy that names them.',
  exposes: true,
  assess: (bucket) => {
    const byPolicy = open(policyIsPublic(bucket), blocked(bucket, 'restrictPublicBuckets'));
    const byAcl = open(aclIsPublic(bucket), blocked(bucket, 'ignorePublicAcls'));
    const ways = [...(byPolicy === true ? ['its policy'] : []), ...(byAcl === true ? ['its access control list'] : [])];
    if (ways.length > 0) {
      const { policy = null, acl = null, publicAccessBlock = null } = bucket.props;
      return {
        status: 'Fail',
        reason: `Bucket ${bucket.name} is public by ${ways.join(' and ')}.`,
        facts: { bucket: bucket.name, by: ways, policy, acl, publicAccessBlock },
      };
    }
    const unknown = [byPolicy, byAcl].find((way) => typeof way !== 'boolean');
    if (unknown !== undefined && typeof unknown !== 'boolean') return unknown;
    return { status: 'Pass', reason: `Bucket ${bucket.name} is not public.` };
  },
  examples: [
    { name: 'nothing set', resource: { props: closed }, expect: 'Pass' },
    { name: 'a public policy', resource: { props: { ...closed, policy: publicPolicy } }, expect: 'Fail' },
    {
      name: 'a policy that AWS calls public',
      resource: { props: { ...closed, policy: publicPolicy, policyIsPublic: true } },
      expect: 'Fail',
    },
    {
      name: 'a policy that AWS does not call public',
      resource: { props: { ...closed, policy: publicPolicy, policyIsPublic: false } },
      expect: 'Pass',
    },
    {
      name: 'a public policy, and new ones are blocked',
      resource: { props: { ...closed, policy: publicPolicy, publicAccessBlock: { ...off, blockPublicPolicy: true } } },
      expect: 'Fail',
    },
    {
      name: 'a public policy, restricted',
      resource: { props: { ...closed, policy: publicPolicy, publicAccessBlock: { ...off, restrictPublicBuckets: true } } },
      expect: 'Pass',
    },
    {
      name: 'a public policy, restricted by the account',
      resource: { props: { ...closed, policy: publicPolicy, accountPublicAccessBlock: on } },
      expect: 'Pass',
    },
    { name: 'a public list', resource: { props: { ...closed, acl: publicAcl } }, expect: 'Fail' },
    {
      name: 'a public list that is ignored',
      resource: { props: { ...closed, acl: publicAcl, publicAccessBlock: { ...off, ignorePublicAcls: true } } },
      expect: 'Pass',
    },
    {
      name: 'a public list, the policy not read',
      resource: {
        props: { publicAccessBlock: null, accountPublicAccessBlock: null, acl: publicAcl },
        unread: { policy: 's3:GetBucketPolicy' },
      },
      expect: 'Fail',
    },
    {
      name: 'the policy not read',
      resource: { props: { publicAccessBlock: null, accountPublicAccessBlock: null, acl: [] }, unread: { policy: 's3:GetBucketPolicy' } },
      expect: 'Unknown',
    },
    {
      name: 'the policy not read, and all is blocked',
      resource: { props: { publicAccessBlock: on }, unread: { policy: 's3:GetBucketPolicy', acl: 's3:GetBucketAcl' } },
      expect: 'Pass',
    },
    {
      name: 'a public policy, the block not read',
      resource: {
        props: { policy: publicPolicy, accountPublicAccessBlock: null, acl: [] },
        unread: { publicAccessBlock: 's3:GetBucketPublicAccessBlock' },
      },
      expect: 'Unknown',
    },
  ],
};
