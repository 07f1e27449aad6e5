import { valueAt } from '../../lib/json-at.ts';
import { number } from './answer.ts';
import { blockOf } from './read-s3.ts';
import { type Read, type Reader, resourceOf } from './reading.ts';

/** The account itself: root's credentials, the password policy, S3's block of public access. */
export const readAccount: Reader = {
  action: 'iam:GetAccountSummary',
  types: ['AWS::::Account'],
  per: 'account',
  calls: ['iam:GetAccountSummary', 'iam:GetAccountPasswordPolicy', 's3:GetAccountPublicAccessBlock'],
  async read({ account, partition, region, property }) {
    // AccountMFAEnabled is 1 when root has an MFA device, AccountAccessKeysPresent when it has a key; one call answers both.
    const summary = await property('iam:GetAccountSummary', {}, (answer) => valueAt(answer, 'SummaryMap'));
    const ofSummary = (key: string): Read => {
      const n = 'value' in summary ? number(summary.value, key) : null;
      return n === null ? { failed: 'iam:GetAccountSummary' } : { value: n > 0 };
    };
    const [passwordPolicy, publicAccessBlock] = await Promise.all([
      property('iam:GetAccountPasswordPolicy', {}, (answer) => valueAt(answer, 'PasswordPolicy'), { none: ['NoSuchEntity'] }),
      property('s3:GetAccountPublicAccessBlock', { AccountId: account }, blockOf, { none: ['NoSuchPublicAccessBlockConfiguration'] }),
    ]);
    return [
      resourceOf(
        { uid: `arn:${partition}:iam::${account}:root`, type: 'AWS::::Account', name: account, account, region },
        {},
        {
          rootHasMfa: ofSummary('AccountMFAEnabled'),
          rootHasAccessKeys: ofSummary('AccountAccessKeysPresent'),
          passwordPolicy,
          publicAccessBlock,
        },
      ),
    ];
  },
};
