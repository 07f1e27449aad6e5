import { changeSetting } from '../../../../src/core/lib/change-setting.ts';
import { targetsOf } from '../../../../src/core/lib/finding-targets.ts';
import { valueAt } from '../../../../src/core/lib/json-at.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';
import { exampleKey, keyName, keyOf } from '../../kms-key.ts';

/**
 * Turns the yearly rotation of a key on again; material that it had before is kept, so what is encrypted stays readable.
 * https://docs.aws.amazon.com/kms/latest/developerguide/rotating-keys-enable.html
 */
export const enableRotation: Playbook = {
  id: 'aws.kms.enable-rotation',
  version: 1,
  title: 'Turn the rotation of a key on again',
  why: 'A key that is never rotated protects ever more with the same material. Rotation changes nothing for whoever uses the key.',
  handles: ['aws.kms.rotation-disabled'],
  approval: 'none',
  risks: [],
  asks: (target) => `Turn the rotation of the key ${keyName(target)} on again`,
  blastRadius: (target) => `Nothing stops working; the first two rotations of ${keyName(target)} each raise its monthly price.`,
  inverse: (target) => `The rotation of the key ${keyName(target)} is off again.`,
  targets: (finding) => targetsOf(finding, (about) => keyOf(about)),
  plan: (target) => {
    const input = { KeyId: keyName(target) };
    return [
      changeSetting({
        name: 'Turn the rotation on',
        on: [target.uid],
        read: { action: 'kms:GetKeyRotationStatus', input, keep: 'rotation' },
        part: (answer) => valueAt(answer, 'KeyRotationEnabled'),
        wanted: (on) => on === true,
        says: 'the rotation is on',
        do: { action: 'kms:EnableKeyRotation', input },
        back: (on) => (on === false ? [{ action: 'kms:DisableKeyRotation', input }] : []),
      }),
    ];
  },
  undoes: ['kms:DisableKeyRotation'],
  examples: [{ name: 'a key', target: exampleKey, does: ['kms:EnableKeyRotation'] }],
};
