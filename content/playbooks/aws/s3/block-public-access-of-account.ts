import { asObject, valueAt } from '../../../../src/core/lib/json-at.ts';
import { accountTarget, accountTargets } from '../../../../src/core/lib/plans/account.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

const allFour = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

/**
 * The block of the account holds for all of its buckets and access points, in every Region.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
export const blockPublicAccessOfAccount: Playbook = {
  id: 'aws.s3.block-public-access-of-account',
  version: 1,
  title: 'Block public access to all buckets of an account',
  why: 'Without the block of the account, one policy or access list on any bucket opens it to the internet. With it no bucket can be opened, those of tomorrow included; nothing of the buckets themselves is changed.',
  handles: ['aws.s3.public-access-block-removed', 'aws.s3.account-blocks-public-access'],
  reported: [
    'config/s3-account-level-public-access-blocks-periodic',
    'guardduty/Policy:S3/AccountBlockPublicAccessDisabled',
    'security-hub/S3.1',
  ],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: ({ account }) => `Block public access to all buckets of the account ${account}`,
  blastRadius: ({ account }) =>
    `Every website, content delivery origin and other account that reaches any bucket of ${account} through a public policy or access control list gets an error.`,
  inverse: ({ account }) => `The account ${account} gets its earlier block configuration back, or none where there was none.`,
  targets: (finding) => accountTargets(finding, ['DeleteAccountPublicAccessBlock', 'PutAccountPublicAccessBlock']),
  plan: ({ account, uid }) => {
    const input = { AccountId: account };
    const action = 's3:PutAccountPublicAccessBlock';
    return [
      setting({
        name: 'Block all public access',
        on: [uid],
        read: { action: 's3:GetAccountPublicAccessBlock', input },
        state: configurationOf,
        want: () => allFour,
        write: { action, input, with: (state) => ({ PublicAccessBlockConfiguration: state }) },
        back: (state) =>
          state === null
            ? [{ action: 's3:DeleteAccountPublicAccessBlock', input }]
            : [{ action, input: { ...input, PublicAccessBlockConfiguration: state } }],
        says: 'all four settings of the block are on',
      }),
    ];
  },
  undoes: ['s3:DeleteAccountPublicAccessBlock', 's3:PutAccountPublicAccessBlock'],
  examples: [{ name: 'an account', target: accountTarget('111122223333', 'eu-central-1'), does: ['s3:PutAccountPublicAccessBlock'] }],
};

/** The configuration with each setting said: one that is left out is off. Null where there is none. */
function configurationOf(answer: Json): JsonObject | null {
  const configuration = asObject(valueAt(answer, 'PublicAccessBlockConfiguration'));
  if (configuration === null) return null;
  return Object.fromEntries(Object.keys(allFour).map((name) => [name, configuration[name] === true]));
}
