import { asObject, listAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { ec2Targets, exampleEc2 } from '../../../../src/core/lib/plans/ec2.ts';
import { keptTexts } from '../../../../src/core/lib/plans/named-targets.ts';
import { oneByOne } from '../../../../src/core/lib/plans/one-by-one.ts';
import type { JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkAclEntry.html */
export const removeNetworkAclEntry: Playbook = {
  id: 'aws.ec2.remove-network-acl-entry',
  version: 1,
  title: 'Remove an entry that opens a network access list',
  why: 'The list is the outer of the two nets around a subnet. Only the entry that somebody added goes; it has effect at once, on connections that are open too, since these lists keep no state.',
  handles: ['aws.ec2.network-acl-opened-to-world'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: ({ params }) => `Remove entry ${String(params['number'])} from the network access list ${String(params['aclId'])}`,
  blastRadius: ({ params }) =>
    `What comes into the subnets of ${String(params['aclId'])} by entry ${String(params['number'])} alone is refused, answers to what they asked among it.`,
  inverse: ({ params }) => `Entry ${String(params['number'])} of ${String(params['aclId'])} is as before.`,
  targets: (finding) =>
    ec2Targets(finding, {
      type: 'network-acl',
      prefix: 'acl',
      param: 'aclId',
      // What an entry was before it was replaced no event tells.
      operations: ['CreateNetworkAclEntry'],
      params: (evidence) => {
        const [number, ...more] = keptTexts(evidence, 'ruleNumber', /^\d{1,5}$/);
        return number === undefined || more.length > 0 ? null : { number: Number(number) };
      },
    }),
  plan: (target) =>
    oneByOne({
      name: 'Delete the entry',
      on: [target.uid],
      read: { action: 'ec2:DescribeNetworkAcls', input: { NetworkAclIds: [String(target.params['aclId'])] } },
      items: (answer) =>
        listAt(answer, 'NetworkAcls', 0, 'Entries').flatMap((entry): readonly JsonObject[] => {
          const found = asObject(entry);
          return found !== null && valueAt(found, 'RuleNumber') === target.params['number'] && found['Egress'] === false ? [found] : [];
        }),
      remove: {
        action: 'ec2:DeleteNetworkAclEntry',
        input: { NetworkAclId: String(target.params['aclId']), RuleNumber: target.params['number'] ?? null, Egress: false },
        for: () => ({}),
      },
      // The second is for where somebody else has made an entry of that number meanwhile, and undo is told to overwrite it.
      bringBack: (entry) =>
        ['ec2:CreateNetworkAclEntry', 'ec2:ReplaceNetworkAclEntry'].map((action) => ({
          action,
          input: { NetworkAclId: String(target.params['aclId']), ...entry },
        })),
      says: 'the list has no such entry',
      most: 1,
    }),
  undoes: ['ec2:CreateNetworkAclEntry', 'ec2:ReplaceNetworkAclEntry'],
  examples: [
    {
      name: 'one entry',
      target: exampleEc2('network-acl', 'acl-0a1b2c3d4e5f60718', { aclId: 'acl-0a1b2c3d4e5f60718', number: 90 }),
      does: ['ec2:DeleteNetworkAclEntry'],
    },
  ],
};
