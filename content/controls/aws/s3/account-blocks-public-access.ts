import { asObject } from '../../../../src/core/lib/json-at.ts';
import { unread } from '../../../../src/core/lib/unread.ts';
import type { Control } from '../../../../src/core/model/control.ts';

const reads = 's3:GetAccountPublicAccessBlock';
const switches = ['blockPublicAcls', 'ignorePublicAcls', 'blockPublicPolicy', 'restrictPublicBuckets'] as const;
const all = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true };

export const accountBlocksPublicAccess: Control = {
  id: 'aws.s3.account-blocks-public-access',
  title: 'An account blocks public access to S3',
  why: 'The block of the account holds for every bucket, those of tomorrow too, whatever their policies and access control lists say.',
  severity: 'Medium',
  type: 'AWS::::Account',
  reads: [reads],
  remediation: 'Move public sites behind CloudFront, then switch on all four settings for the account.',
  assess: (account) => {
    const block = account.props['publicAccessBlock'];
    if (block === undefined) return unread(account, 'publicAccessBlock', reads);
    const on = asObject(block) ?? {};
    const off = switches.filter((name) => on[name] !== true);
    return off.length === 0
      ? { status: 'Pass', reason: `Account ${account.account} blocks public access to all of its buckets.` }
      : {
          status: 'Fail',
          reason: `Account ${account.account} does not block public access: ${off.join(', ')} ${off.length === 1 ? 'is' : 'are'} off.`,
          facts: { off },
        };
  },
  examples: [
    { name: 'all on', resource: { props: { publicAccessBlock: all } }, expect: 'Pass' },
    { name: 'one off', resource: { props: { publicAccessBlock: { ...all, restrictPublicBuckets: false } } }, expect: 'Fail' },
    { name: 'none', resource: { props: { publicAccessBlock: null } }, expect: 'Fail' },
    { name: 'not read', resource: { props: {}, unread: { publicAccessBlock: reads } }, expect: 'Unknown' },
  ],
};
