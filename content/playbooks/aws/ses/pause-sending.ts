import { valueAt } from '../../../../src/core/lib/json-at.ts';
import { accountTarget, accountTargets } from '../../../../src/core/lib/plans/account.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/** https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_PutAccountSendingAttributes.html */
export const pauseSending: Playbook = {
  id: 'aws.ses.pause-sending',
  version: 1,
  title: 'Let an account send no mail for now',
  why: 'Stolen credentials send mail in your name: AWS stops the account for it, and receivers remember the domain. Pausing stops all sending of the account in the Region at once, and can be taken back; whoever did it is contained by other playbooks.',
  handles: [
    'aws.ses.mail-set-up-and-sending-raised',
    'aws.ses.production-access-requested',
    'aws.ses.sender-added',
    'aws.ses.sending-enabled',
  ],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: ({ account, region }) => `Let the account ${account} send no mail in ${region} for now`,
  blastRadius: ({ account, region }) =>
    `No mail leaves the account ${account} by SES in ${region}, that of applications neither: they get an error, and most do not try again.`,
  inverse: ({ account, region }) => `The account ${account} sends mail in ${region} again.`,
  targets: (finding) =>
    accountTargets(finding, [
      'CreateEmailIdentity',
      'PutAccountDetails',
      'PutAccountSendingAttributes',
      'UpdateAccountSendingEnabled',
      'VerifyDomainDkim',
      'VerifyDomainIdentity',
      'VerifyEmailAddress',
      'VerifyEmailIdentity',
    ]),
  partial: true,
  plan: ({ uid }) => [
    setting({
      name: 'Pause sending',
      on: [uid],
      read: { action: 'ses:GetAccount', input: {} },
      state: (answer) => valueAt(answer, 'SendingEnabled'),
      want: () => false,
      write: { action: 'ses:PutAccountSendingAttributes', input: {}, with: (SendingEnabled) => ({ SendingEnabled }) },
      back: (SendingEnabled) =>
        typeof SendingEnabled === 'boolean' ? [{ action: 'ses:PutAccountSendingAttributes', input: { SendingEnabled } }] : [],
      says: 'sending is off',
    }),
  ],
  undoes: ['ses:PutAccountSendingAttributes'],
  examples: [{ name: 'an account', target: accountTarget('111122223333', 'eu-west-1'), does: ['ses:PutAccountSendingAttributes'] }],
};
