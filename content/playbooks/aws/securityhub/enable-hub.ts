import { textAt } from '../../../../src/core/lib/json-at.ts';
import { accountTarget, accountTargets } from '../../../../src/core/lib/plans/account.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/** https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-disable.html */
export const enableHub: Playbook = {
  id: 'aws.securityhub.enable-hub',
  version: 1,
  title: 'Let Security Hub gather findings again',
  why: 'While Security Hub is off findings of other services reach nobody through it, and its own checks do not run. It is on again without a standard: which ones were on is not in the event, and those who know turn them on. Ties to an administrator account have to be made by both sides.',
  handles: ['aws.securityhub.service-disabled'],
  approval: 'one-person',
  risks: [],
  asks: ({ account, region }) => `Let Security Hub gather findings again in the account ${account} in ${region}`,
  blastRadius: () =>
    'Nothing stops working; findings that come in cost by their number, and no check runs until somebody turns a standard on.',
  inverse: ({ account, region }) =>
    `Security Hub is off again in the account ${account} in ${region}, with what people have set meanwhile.`,
  targets: (finding) => accountTargets(finding, ['DisableSecurityHub']),
  partial: true,
  plan: ({ uid }) => {
    const read = { action: 'securityhub:DescribeHub', input: {} };
    const isOn = (answer: Json) => textAt(answer, 'HubArn') !== null;
    return [
      {
        name: 'Enable it without standards',
        on: [uid],
        read: { ...read, keep: 'hub' },
        captures: isOn,
        do: { action: 'securityhub:EnableSecurityHub', input: { EnableDefaultStandards: false }, once: 'sets-state' },
        verify: { ...read, expect: isOn, says: 'Security Hub is on', withinSeconds: 120 },
        undo: (kept) => (isOn(kept['hub'] ?? null) ? [] : [{ action: 'securityhub:DisableSecurityHub', input: {} }]),
      },
    ];
  },
  undoes: ['securityhub:DisableSecurityHub'],
  examples: [{ name: 'an account', target: accountTarget('111122223333', 'eu-central-1'), does: ['securityhub:EnableSecurityHub'] }],
};
