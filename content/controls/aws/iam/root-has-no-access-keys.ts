import { unread } from '../../../../src/core/lib/unread.ts';
import type { Control } from '../../../../src/core/model/control.ts';

const reads = 'iam:GetAccountSummary';

export const rootHasNoAccessKeys: Control = {
  id: 'aws.iam.root-has-no-access-keys',
  title: 'Root has no access keys',
  why: 'A key of root does everything, from everywhere, without a second factor, and no policy can narrow it.',
  severity: 'Critical',
  type: 'AWS::::Account',
  reads: [reads],
  remediation:
    'Find what uses the key in CloudTrail (userIdentity.type Root with an accessKeyId), give it a role, then delete the key as root.',
  assess: (account) => {
    const has = account.props['rootHasAccessKeys'];
    if (typeof has !== 'boolean') return unread(account, 'rootHasAccessKeys', reads);
    return has
      ? { status: 'Fail', reason: `Root of account ${account.account} has an access key.` }
      : { status: 'Pass', reason: `Root of account ${account.account} has no access key.` };
  },
  examples: [
    { name: 'none', resource: { props: { rootHasAccessKeys: false } }, expect: 'Pass' },
    { name: 'a key', resource: { props: { rootHasAccessKeys: true } }, expect: 'Fail' },
    { name: 'not read', resource: { props: {}, unread: { rootHasAccessKeys: reads } }, expect: 'Unknown' },
  ],
};
