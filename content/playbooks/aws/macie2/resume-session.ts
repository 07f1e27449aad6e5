import { valueAt } from '../../../../src/core/lib/json-at.ts';
import { accountTarget, accountTargets } from '../../../../src/core/lib/plans/account.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/** https://docs.aws.amazon.com/macie/latest/user/suspend-macie.html */
export const resumeSession: Playbook = {
  id: 'aws.macie2.resume-session',
  version: 1,
  title: 'Let Macie look for sensitive data again',
  why: 'While Macie is suspended it looks at no bucket, and does not say when one is opened. It goes on with its findings and settings; jobs of its own were cancelled by suspending, and somebody starts them anew. Where it was disabled all of that is gone, and a person sets it up.',
  handles: ['aws.securityhub.service-disabled'],
  approval: 'one-person',
  risks: [],
  asks: ({ account, region }) => `Let Macie look for sensitive data again in the account ${account} in ${region}`,
  blastRadius: () => 'Nothing stops working; Macie costs as it did before.',
  inverse: ({ account, region }) =>
    `Macie is suspended again in the account ${account} in ${region}, and cancels jobs that were started meanwhile.`,
  targets: (finding) => accountTargets(finding, ['UpdateMacieSession']),
  plan: ({ uid }) => [
    setting({
      name: 'Enable it',
      on: [uid],
      read: { action: 'macie2:GetMacieSession', input: {} },
      state: (answer) => valueAt(answer, 'status'),
      want: () => 'ENABLED',
      write: { action: 'macie2:UpdateMacieSession', input: {}, with: (status) => ({ status }) },
      back: (status) => (typeof status === 'string' ? [{ action: 'macie2:UpdateMacieSession', input: { status } }] : []),
      says: 'Macie is enabled',
    }),
  ],
  undoes: ['macie2:UpdateMacieSession'],
  examples: [{ name: 'an account', target: accountTarget('111122223333', 'eu-central-1'), does: ['macie2:UpdateMacieSession'] }],
};
