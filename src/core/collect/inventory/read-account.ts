import { asObject, valueAt } from '../../lib/json-at.ts';
import type { Resource } from '../../model/resource.ts';
import { number } from './answer.ts';
import { contactReads, contactsOf } from './read-contacts.ts';
import { blockOf } from './read-s3.ts';
import { type Read, type Reader, resourceOf } from './reading.ts';

/** The account itself: root's credentials, the password policy, S3's block of public access, its tags and whom AWS writes to about it. */
export const readAccount: Reader = {
  action: 'iam:GetAccountSummary',
  types: ['AWS::::Account'],
  per: 'account',
  calls: ['iam:GetAccountSummary', 'iam:GetAccountPasswordPolicy', 's3:GetAccountPublicAccessBlock', ...contactReads],
  async read(reading) {
    const { account, partition, region, property } = reading;
    // AccountMFAEnabled is 1 when root has an MFA device, AccountAccessKeysPresent when it has a key; one call answers both.
    const summary = await property('iam:GetAccountSummary', {}, (answer) => valueAt(answer, 'SummaryMap'));
    const ofSummary = (key: string): Read => {
      const n = 'value' in summary ? number(summary.value, key) : null;
      return n === null ? { failed: 'iam:GetAccountSummary' } : { value: n > 0 };
    };
    const [passwordPolicy, publicAccessBlock, { tags, ...contacts }] = await Promise.all([
      property('iam:GetAccountPasswordPolicy', {}, (answer) => valueAt(answer, 'PasswordPolicy'), { none: ['NoSuchEntity'] }),
      property('s3:GetAccountPublicAccessBlock', { AccountId: account }, blockOf, { none: ['NoSuchPublicAccessBlockConfiguration'] }),
      contactsOf(reading),
    ]);
    const tagged = 'value' in tags ? ((asObject(tags.value) ?? {}) as Resource['tags']) : {};
    return [
      resourceOf(
        { uid: `arn:${partition}:iam::${account}:root`, type: 'AWS::::Account', name: account, account, region, tags: tagged },
        {},
        {
          rootHasMfa: ofSummary('AccountMFAEnabled'),
          rootHasAccessKeys: ofSummary('AccountAccessKeysPresent'),
          passwordPolicy,
          publicAccessBlock,
          ...contacts,
          ...('value' in tags ? {} : { tags }),
        },
      ),
    ];
  },
};
