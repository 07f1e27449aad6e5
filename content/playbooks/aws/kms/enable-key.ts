import { targetsOf } from '../../../../src/core/lib/finding-targets.ts';
import { textAt } from '../../../../src/core/lib/json-at.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';
import { enableKeyStep, exampleKey, keyName, keyOf } from '../../kms-key.ts';

/** Enables a key that was disabled: https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKey.html */
export const enableKey: Playbook = {
  id: 'aws.kms.enable-key',
  version: 1,
  title: 'Enable an encryption key again',
  why: 'What is encrypted under a disabled key cannot be read or written; for whoever wants a ransom that is enough. A key whose own material was deleted is another matter: the material has to be imported again.',
  handles: ['aws.kms.key-deletion-scheduled', 'aws.kms.many-keys-taken-out-of-use'],
  approval: 'none',
  risks: [],
  asks: (target) => `Enable the key ${keyName(target)} again`,
  blastRadius: (target) => `Nothing stops working; the key ${keyName(target)} can be used again by whom its policy allows.`,
  inverse: (target) => `The key ${keyName(target)} is disabled again.`,
  targets: (finding) => targetsOf(finding, (about) => (about.operation === 'DisableKey' ? keyOf(about) : null)),
  requires: (target) => [
    {
      name: 'The key is disabled, and nothing worse',
      on: [target.uid],
      read: { action: 'kms:DescribeKey', input: { KeyId: keyName(target) }, keep: 'key' },
      expect: (answer) => ['Disabled', 'Enabled'].includes(textAt(answer, 'KeyMetadata', 'KeyState') ?? ''),
      says: `The key ${keyName(target)} is gone, waits for its deletion or has lost its material: enabling it is not what it needs.`,
    },
  ],
  plan: (target) => [enableKeyStep(target)],
  undoes: ['kms:DisableKey'],
  examples: [{ name: 'a key', target: exampleKey, does: ['kms:EnableKey'] }],
};
