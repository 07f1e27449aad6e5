import { textAt } from '../../../../src/core/lib/json-at.ts';
import { accountTarget, accountTargets } from '../../../../src/core/lib/plans/account.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/** What AWS allows an account that asked for nothing, in US dollars: https://docs.aws.amazon.com/sns/latest/dg/channels-sms-awssupport-spend-threshold.html */
const least = '1';

/** https://docs.aws.amazon.com/sns/latest/api/API_SetSMSAttributes.html */
export const lowerTextLimit: Playbook = {
  id: 'aws.sns.lower-text-limit',
  version: 1,
  title: 'Lower what text messages may cost',
  why: 'Stolen accounts send text messages: spam, and calls to numbers that pay the thief. SNS stops sending within minutes of reaching the limit of the month.',
  handles: ['aws.sns.text-message-limit-changed'],
  approval: 'one-person',
  risks: ['workload'],
  asks: ({ account, region }) => `Lower what text messages of ${account} may cost in ${region} to one dollar a month`,
  blastRadius: ({ region }) =>
    `Text messages from ${region} are not sent any more once they have cost a dollar this month: codes for sign-in among them.`,
  inverse: ({ region }) => `The earlier limit for text messages of ${region} is back.`,
  targets: (finding) => accountTargets(finding, ['SetSMSAttributes']),
  plan: ({ uid }) => [
    setting({
      name: 'Lower the limit',
      on: [uid],
      read: { action: 'sns:GetSMSAttributes', input: { attributes: ['MonthlySpendLimit'] } },
      state: (answer) => textAt(answer, 'attributes', 'MonthlySpendLimit'),
      want: () => least,
      write: { action: 'sns:SetSMSAttributes', input: {}, with: (MonthlySpendLimit) => ({ attributes: { MonthlySpendLimit } }) },
      back: (MonthlySpendLimit) =>
        MonthlySpendLimit === null ? [] : [{ action: 'sns:SetSMSAttributes', input: { attributes: { MonthlySpendLimit } } }],
      says: 'the limit is one dollar',
    }),
  ],
  undoes: ['sns:SetSMSAttributes'],
  examples: [{ name: 'a Region', target: accountTarget('111122223333', 'eu-central-1'), does: ['sns:SetSMSAttributes'] }],
};
