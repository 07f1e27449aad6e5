import { asObject, listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { accountTarget, accountTargets } from '../../../../src/core/lib/plans/account.ts';
import { keptTexts } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

/** Kinds as calls name them, and how the answer does: https://docs.aws.amazon.com/inspector/v2/APIReference/API_ResourceState.html */
const kinds: { readonly [type: string]: string } = { EC2: 'ec2', ECR: 'ecr', LAMBDA: 'lambda', LAMBDA_CODE: 'lambdaCode' };
const typesOf = ({ params }: Target) => listAt(params, 'types').map(String);

/** https://docs.aws.amazon.com/inspector/v2/APIReference/API_Enable.html */
export const resumeScanning: Playbook = {
  id: 'aws.inspector2.resume-scanning',
  version: 1,
  title: 'Let Inspector scan again',
  why: 'What Inspector does not scan it says nothing of: known holes stay open, and findings of what was scanned are closed by AWS as if they were mended. The kinds that were turned off in the call are scanned again.',
  handles: ['aws.inspector2.scanning-disabled'],
  approval: 'one-person',
  risks: [],
  asks: (target) => `Let Inspector scan ${typesOf(target).join(', ')} again in the account ${target.account} in ${target.region}`,
  blastRadius: () => 'Nothing stops working; each machine, image and function that is scanned costs.',
  inverse: (target) => `Inspector does not scan ${typesOf(target).join(', ')} again, and closes its findings of them.`,
  targets: (finding) => {
    const off = finding.evidence.filter((one) => one.operation === 'Disable');
    const types = keptTexts(off, 'types', /^(EC2|ECR|LAMBDA|LAMBDA_CODE)$/);
    // Who names no kind turns all off.
    return accountTargets(finding, ['Disable'], { types: types.length === 0 ? Object.keys(kinds) : [...types] });
  },
  plan: (target) => {
    const isOn = (status: Json) => status === 'ENABLED' || status === 'ENABLING';
    const onIn = (state: Json) => typesOf(target).filter((type) => asObject(state)?.[type] === true);
    return [
      setting({
        name: 'Scan them',
        on: [target.uid],
        read: { action: 'inspector2:BatchGetAccountStatus', input: { accountIds: [target.account] } },
        state: (answer) =>
          Object.fromEntries(
            typesOf(target).map((type) => [
              type,
              isOn(textAt(valueAt(answer, 'accounts', 0, 'resourceState'), kinds[type] ?? '', 'status')),
            ]),
          ),
        want: () => Object.fromEntries(typesOf(target).map((type) => [type, true])),
        write: { action: 'inspector2:Enable', input: { accountIds: [target.account] }, with: (state) => ({ resourceTypes: onIn(state) }) },
        back: (state) => {
          const resourceTypes = typesOf(target).filter((type) => !onIn(state).includes(type));
          return resourceTypes.length === 0
            ? []
            : [{ action: 'inspector2:Disable', input: { accountIds: [target.account], resourceTypes } }];
        },
        says: 'they are scanned, or begin to be',
      }),
    ];
  },
  undoes: ['inspector2:Disable'],
  examples: [
    {
      name: 'machines',
      target: accountTarget('111122223333', 'eu-central-1', { types: ['EC2', 'LAMBDA_CODE'] }),
      does: ['inspector2:Enable'],
    },
  ],
};
