import { changeSetting } from '../../../../src/core/lib/change-setting.ts';
import { targetsOf } from '../../../../src/core/lib/finding-targets.ts';
import { listAt, textAt } from '../../../../src/core/lib/json-at.ts';
import { letsIn, strangersIn, withoutStrangers } from '../../../../src/core/lib/without-strangers.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';
import { exampleKey, keyName, keyOf } from '../../kms-key.ts';

const strangersOf = ({ params }: Target) => listAt(params, 'strangers').filter((one) => typeof one === 'string');

/**
 * Takes the accounts that a change let in out of the policy of a key. A policy that leaves nobody who may change it is
 * refused by AWS unless the caller asks to be let through, which this does not:
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
 * Without the statement for its own account the key could be managed by nobody:
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export const closeKeyPolicy: Playbook = {
  id: 'aws.kms.close-key-policy',
  version: 1,
  title: 'Take another account out of the policy of a key',
  why: 'The other account can read whatever it has of what is encrypted under the key: shared snapshots, copied objects, secrets. The rest of the policy stays as it is.',
  handles: ['aws.kms.key-opened-to-foreign-account'],
  approval: 'one-person',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Take ${strangersOf(target).join(', ')} out of the policy of the key ${keyName(target)}`,
  blastRadius: (target) =>
    `The key ${keyName(target)} can be used by ${strangersOf(target).join(', ')} no more, backups and partners among them; grants that were given already stay.`,
  inverse: (target) => `The policy of the key ${keyName(target)} says again what it said.`,
  targets: (finding) =>
    targetsOf(finding, (about) => {
      const strangers = about.operation === 'CreateGrant' ? [] : strangersIn(about.kept['policy'], about.account);
      return strangers.length === 0 ? null : keyOf(about, { strangers });
    }),
  requires: (target) => [
    {
      name: 'Its own account stays in the policy',
      on: [target.uid],
      read: { action: 'kms:GetKeyPolicy', input: { KeyId: keyName(target) }, keep: 'policy' },
      expect: (answer) =>
        JSON.stringify(withoutStrangers(textAt(answer, 'Policy'), strangersOf(target))).includes(`:iam::${target.account}:root`),
      says: `The policy of the key ${keyName(target)} could not be read, or would leave the key to nobody of its own account.`,
    },
  ],
  plan: (target) => {
    const input = { KeyId: keyName(target) };
    const strangers = strangersOf(target);
    const put = (Policy: string) => ({ action: 'kms:PutKeyPolicy', input: { ...input, PolicyName: 'default', Policy } });
    return [
      changeSetting({
        name: 'Take the strangers out of the policy',
        on: [target.uid],
        read: { action: 'kms:GetKeyPolicy', input, keep: 'keyPolicy' },
        part: (answer) => parsed(textAt(answer, 'Policy')),
        wanted: (policy) => policy !== null && !letsIn(JSON.stringify(policy), strangers),
        says: 'the policy lets none of them in',
        do: {
          action: 'kms:PutKeyPolicy',
          input: { ...input, PolicyName: 'default' },
          fill: (kept) => put(JSON.stringify(withoutStrangers(textAt(kept['keyPolicy'], 'Policy'), strangers))).input,
        },
        back: (policy) => (policy === null ? [] : [put(JSON.stringify(policy))]),
      }),
    ];
  },
  undoes: ['kms:PutKeyPolicy'],
  examples: [
    {
      name: 'an account',
      target: { ...exampleKey, params: { ...exampleKey.params, strangers: ['444455556666'] } },
      does: ['kms:PutKeyPolicy'],
    },
  ],
};

function parsed(text: string | null): Json {
  try {
    return text === null ? null : (JSON.parse(text) as Json);
  } catch {
    return text;
  }
}
