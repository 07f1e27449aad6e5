import { changeSetting } from '../../../../src/core/lib/change-setting.ts';
import { targetsOf } from '../../../../src/core/lib/finding-targets.ts';
import { textAt } from '../../../../src/core/lib/json-at.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';
import { enableKeyStep, exampleKey, keyName, keyOf } from '../../kms-key.ts';

/**
 * Cancels the deletion of a key and enables it: cancelling alone leaves the key disabled.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html
 * A key that waits for its deletion cannot be used, and nothing of it is lost until the waiting period of 7 to 30 days ends:
 * https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
 */
export const cancelKeyDeletion: Playbook = {
  id: 'aws.kms.cancel-key-deletion',
  version: 1,
  title: 'Cancel the deletion of an encryption key',
  why: 'What is encrypted under the key cannot be read from now on, and when the waiting period ends it cannot be read ever again. Cancelling keeps the key and leaves it disabled, so it is enabled too.',
  handles: ['aws.kms.key-deletion-scheduled', 'aws.kms.many-keys-taken-out-of-use'],
  approval: 'none',
  risks: [],
  asks: (target) => `Cancel the deletion of the key ${keyName(target)} and enable it`,
  blastRadius: (target) =>
    `Nothing stops working; the key ${keyName(target)} can be used again by whom its policy allows, and is billed as before.`,
  inverse: (target) =>
    `The key ${keyName(target)} is disabled and waits for its deletion again, for 30 days, the longest that AWS lets it wait.`,
  targets: (finding) => targetsOf(finding, (about) => (about.operation === 'ScheduleKeyDeletion' ? keyOf(about) : null)),
  plan: (target) => {
    const input = { KeyId: keyName(target) };
    const cancel = changeSetting({
      name: 'Cancel the deletion',
      on: [target.uid],
      read: { action: 'kms:DescribeKey', input, keep: 'pending' },
      part: (answer) => {
        const state = textAt(answer, 'KeyMetadata', 'KeyState');
        return state === null ? null : state === 'PendingDeletion';
      },
      wanted: (pending) => pending === false,
      says: 'the key does not wait for its deletion',
      do: { action: 'kms:CancelKeyDeletion', input },
      back: (pending) => (pending === true ? [{ action: 'kms:ScheduleKeyDeletion', input: { ...input, PendingWindowInDays: 30 } }] : []),
    });
    return [cancel, enableKeyStep(target)];
  },
  undoes: ['kms:DisableKey', 'kms:ScheduleKeyDeletion'],
  examples: [{ name: 'a key', target: exampleKey, does: ['kms:CancelKeyDeletion', 'kms:EnableKey'] }],
};
