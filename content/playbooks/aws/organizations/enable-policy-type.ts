import { partitionOf } from '../../../../src/core/lib/arn.ts';
import { iamRegion } from '../../../../src/core/lib/inline-policy.ts';
import { listAt, textAt } from '../../../../src/core/lib/json-at.ts';
import { distinctTargets } from '../../../../src/core/lib/plans/distinct-targets.ts';
import { organizationArn } from '../../../../src/core/lib/plans/organization.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const types = /^[A-Z][A-Z0-9_]{2,60}$/;
const typeOf = ({ params }: Target) => String(params['policyType']);

/** https://docs.aws.amazon.com/organizations/latest/userguide/disable-policy-type.html */
export const enablePolicyType: Playbook = {
  id: 'aws.organizations.enable-policy-type',
  version: 1,
  title: 'Let a type of policies count again in the organisation',
  why: 'Disabling the type has detached every policy of it from every unit and account. Enabling it is what has to come first; what was attached where is lost, and people who have the list attach it again.',
  handles: ['aws.organizations.policy-type-disabled'],
  approval: 'two-persons',
  risks: [],
  asks: (target) => `Enable policies of the type ${typeOf(target)} in the organisation again`,
  blastRadius: () => "Nothing stops working: no policy of one's own is attached anywhere until people attach it.",
  inverse: (target) => `The type ${typeOf(target)} stays enabled: disabling it would detach what people have attached since.`,
  targets: (finding) => {
    const { account } = finding;
    const region = iamRegion(partitionOf(finding.region));
    const found = finding.evidence.flatMap(({ operation, error, kept, ...evidence }): readonly Target[] => {
      const rootId = textAt(kept, 'rootId') ?? '';
      const policyType = textAt(kept, 'policyType') ?? '';
      if (operation !== 'DisablePolicyType' || error !== undefined || evidence.account !== account) return [];
      if (!/^r-[0-9a-z]{4,32}$/.test(rootId) || !types.test(policyType)) return [];
      return [{ account, region, uid: organizationArn({ account, region }, `root/${rootId}`), params: { rootId, policyType } }];
    });
    return distinctTargets(found);
  },
  partial: true,
  plan: (target) => {
    const input = { RootId: String(target.params['rootId']), PolicyType: typeOf(target) };
    const read = { action: 'organizations:ListRoots', input: {} };
    const status = (answer: Json) => {
      const root = listAt(answer, 'Roots').find((one) => textAt(one, 'Id') === input.RootId);
      return textAt(
        listAt(root, 'PolicyTypes').find((one) => textAt(one, 'Type') === input.PolicyType),
        'Status',
      );
    };
    return [
      {
        name: 'Enable the type',
        on: [organizationArn(target, `root/o-*/${input.RootId}`)],
        read: { ...read, keep: 'roots' },
        captures: status,
        do: { action: 'organizations:EnablePolicyType', input, once: 'sets-state' },
        verify: { ...read, expect: (answer) => status(answer) === 'ENABLED', says: 'the type is enabled', withinSeconds: 300 },
        undo: () => 'irreversible',
      },
    ];
  },
  undoes: [],
  examples: [
    {
      name: 'service control policies',
      target: {
        account: '111122223333',
        region: 'us-east-1',
        uid: 'arn:aws:organizations::111122223333:root/r-abcd',
        params: { rootId: 'r-abcd', policyType: 'SERVICE_CONTROL_POLICY' },
      },
      does: ['organizations:EnablePolicyType'],
    },
  ],
};
