import { cancelKeyDeletion } from '../../../content/playbooks/aws/kms/cancel-key-deletion.ts';
import { closeKeyPolicy } from '../../../content/playbooks/aws/kms/close-key-policy.ts';
import { enableKey } from '../../../content/playbooks/aws/kms/enable-key.ts';
import { enableRotation } from '../../../content/playbooks/aws/kms/enable-rotation.ts';
import { revokeGrant } from '../../../content/playbooks/aws/kms/revoke-grant.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { account, documents, nothingToUndo, type Organisation, policyFor, type Scenario, twoStates } from './scenario-under-test.ts';

const owner = `arn:aws:iam::${account}:root`;
const stranger = 'arn:aws:iam::999988887777:root';

/** The one key of the account. */
const keyOf = (organisation: Organisation): JsonObject => Object.values(documents(organisation, 'kms/key/us-east-1'))[0] ?? {};
const KeyId = (organisation: Organisation) => String(keyOf(organisation)['KeyId']);
const part =
  (...names: readonly string[]): Scenario['view'] =>
  (organisation) =>
    names.map((name) => keyOf(organisation)[name] ?? null);
const makeKey = (organisation: Organisation) => void organisation.root.call('kms:CreateKey', {});

export const keyScenarios: readonly Scenario[] = [
  {
    name: 'cancels the deletion of a key',
    playbook: cancelKeyDeletion,
    rule: 'aws.kms.key-deletion-scheduled',
    prepare: makeKey,
    attack: (organisation) =>
      void organisation.mallory.call('kms:ScheduleKeyDeletion', { KeyId: KeyId(organisation), PendingWindowInDays: 7 }),
    view: part('KeyState', 'Enabled'),
    meddle: twoStates,
    does: ['kms:CancelKeyDeletion', 'kms:EnableKey'],
    undoes: ['kms:DisableKey', 'kms:ScheduleKeyDeletion'],
  },
  {
    name: 'enables a key',
    playbook: enableKey,
    rule: 'aws.kms.key-deletion-scheduled',
    prepare: makeKey,
    attack: (organisation) => void organisation.mallory.call('kms:DisableKey', { KeyId: KeyId(organisation) }),
    view: part('KeyState', 'Enabled'),
    meddle: twoStates,
    does: ['kms:EnableKey'],
    undoes: ['kms:DisableKey'],
    refused: {
      when: (organisation) => void organisation.root.call('kms:ScheduleKeyDeletion', { KeyId: KeyId(organisation) }),
      says: /waits for its deletion/,
    },
  },
  {
    name: 'turns the rotation of a key on',
    playbook: enableRotation,
    rule: 'aws.kms.rotation-disabled',
    prepare: (organisation) => {
      makeKey(organisation);
      organisation.root.call('kms:EnableKeyRotation', { KeyId: KeyId(organisation) });
    },
    attack: (organisation) => void organisation.mallory.call('kms:DisableKeyRotation', { KeyId: KeyId(organisation) }),
    view: part('rotates'),
    meddle: twoStates,
    does: ['kms:EnableKeyRotation'],
    undoes: ['kms:DisableKeyRotation'],
  },
  {
    name: 'revokes a grant',
    playbook: revokeGrant,
    rule: 'aws.kms.key-opened-to-foreign-account',
    prepare: (organisation) => {
      makeKey(organisation);
      const input = { GranteePrincipal: `arn:aws:iam::${account}:role/web-server`, Operations: ['Decrypt'] };
      organisation.root.call('kms:CreateGrant', { KeyId: KeyId(organisation), ...input });
    },
    attack: (organisation) =>
      void organisation.mallory.call('kms:CreateGrant', {
        KeyId: KeyId(organisation),
        GranteePrincipal: stranger,
        Operations: ['Decrypt'],
      }),
    view: part('grants'),
    meddle: nothingToUndo,
    does: ['kms:RevokeGrant'],
    undoes: [],
  },
  {
    name: 'takes a stranger out of the policy of a key',
    playbook: closeKeyPolicy,
    rule: 'aws.kms.key-opened-to-foreign-account',
    prepare: makeKey,
    attack: (organisation) =>
      void organisation.mallory.call('kms:PutKeyPolicy', {
        KeyId: KeyId(organisation),
        PolicyName: 'default',
        Policy: policyFor(owner, stranger),
      }),
    view: part('policy'),
    meddle: (organisation) =>
      void organisation.root.call('kms:PutKeyPolicy', {
        KeyId: KeyId(organisation),
        PolicyName: 'default',
        Policy: policyFor(owner, `arn:aws:iam::${account}:role/web-server`),
      }),
    does: ['kms:PutKeyPolicy'],
    undoes: ['kms:PutKeyPolicy'],
    refused: {
      when: (organisation) =>
        void organisation.root.call('kms:PutKeyPolicy', { KeyId: KeyId(organisation), PolicyName: 'default', Policy: policyFor(stranger) }),
      says: /nobody of its own account/,
    },
  },
];
