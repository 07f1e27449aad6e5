import { changeSetting } from '../../src/core/lib/change-setting.ts';
import type { About, Named } from '../../src/core/lib/finding-targets.ts';
import { textAt } from '../../src/core/lib/json-at.ts';
import type { Step, Target } from '../../src/core/model/plan.ts';

/** The id of a key, not an alias: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id */
const keyId = /(?:^|key\/)((?:mrk-)?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12})$/;

/** The key that an event is about; null where the log names it by an alias, which may point elsewhere by now. */
export function keyOf({ name, account, region, partition }: About, more: Named['params'] = {}): Named | null {
  const id = keyId.exec(name)?.[1];
  return id === undefined ? null : { uid: `arn:${partition}:kms:${region}:${account}:key/${id}`, params: { keyId: id, ...more } };
}

export function keyName({ params }: Target): string {
  return String(params['keyId']);
}

/** Enables a key; a key that waits for its deletion cannot be enabled. https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKey.html */
export function enableKeyStep(target: Target): Step {
  const input = { KeyId: keyName(target) };
  return changeSetting({
    name: 'Enable the key',
    on: [target.uid],
    read: { action: 'kms:DescribeKey', input, keep: 'enabled' },
    part: (answer) => {
      const state = textAt(answer, 'KeyMetadata', 'KeyState');
      return state === null ? null : state === 'Enabled';
    },
    wanted: (enabled) => enabled === true,
    says: 'the key is enabled',
    do: { action: 'kms:EnableKey', input },
    back: (enabled) => (enabled === false ? [{ action: 'kms:DisableKey', input }] : []),
  });
}

export const exampleKey: Target = {
  account: '111122223333',
  region: 'eu-central-1',
  uid: 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  params: { keyId: '1234abcd-12ab-34cd-56ef-1234567890ab' },
};
