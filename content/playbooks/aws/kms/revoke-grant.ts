import { changeSetting } from '../../../../src/core/lib/change-setting.ts';
import { targetsOf } from '../../../../src/core/lib/finding-targets.ts';
import { listAt, textAt } from '../../../../src/core/lib/json-at.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';
import { exampleKey, keyName, keyOf } from '../../kms-key.ts';

const grantId = /^[0-9a-f]{1,128}$/;

/**
 * Revokes a grant that lets another account use a key. A grant that is made anew has another id and token, so it does not
 * come back as it was. https://docs.aws.amazon.com/kms/latest/APIReference/API_RevokeGrant.html
 */
export const revokeGrant: Playbook = {
  id: 'aws.kms.revoke-grant',
  version: 1,
  title: 'Revoke the grant of a stranger on a key',
  why: 'A grant lets its holder use the key beside all policies, so the other account can read snapshots and copies that it has taken, until the grant is revoked.',
  handles: ['aws.kms.key-opened-to-foreign-account'],
  approval: 'two-persons',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Revoke the grant ${String(target.params['grantId']).slice(0, 12)} on the key ${keyName(target)}`,
  blastRadius: (target) =>
    `Whatever the other account does with the key ${keyName(target)} by this grant stops, disks that it has attached among it.`,
  inverse: () => 'A revoked grant does not come back; a new one can be given, under another id.',
  targets: (finding) =>
    targetsOf(finding, (about) => {
      const id = textAt(about.kept, 'grantId');
      return about.operation === 'CreateGrant' && id !== null && grantId.test(id) ? keyOf(about, { grantId: id }) : null;
    }),
  plan: (target) => {
    const GrantId = String(target.params['grantId']);
    const KeyId = keyName(target);
    return [
      changeSetting({
        name: 'Revoke the grant',
        on: [target.uid],
        read: { action: 'kms:ListGrants', input: { KeyId, GrantId }, keep: 'grants' },
        part: (answer) => listAt(answer, 'Grants').some((grant) => textAt(grant, 'GrantId') === GrantId),
        wanted: (there) => there === false,
        says: 'the key has no such grant',
        do: { action: 'kms:RevokeGrant', input: { KeyId, GrantId } },
        back: () => 'irreversible',
      }),
    ];
  },
  undoes: [],
  examples: [
    {
      name: 'a grant',
      target: {
        ...exampleKey,
        params: { ...exampleKey.params, grantId: '0c237476b39f8bc44e45212e08498fbe3151305030726c0590dd8d3e9f3d6a60' },
      },
      does: ['kms:RevokeGrant'],
    },
  ],
};
