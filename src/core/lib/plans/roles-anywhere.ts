import type { JsonObject } from '../../model/json.ts';
import type { Playbook, Step, Target } from '../../model/plan.ts';
import { textAt, valueAt } from '../json-at.ts';
import { namedTargets } from './named-targets.ts';
import { setting } from './setting.ts';

/** What Roles Anywhere can switch off: https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_Operations.html */
export type Switchable = 'TrustAnchor' | 'Profile';

const words = {
  TrustAnchor: { resource: 'trust-anchor', id: 'trustAnchorId', answer: 'trustAnchor' },
  Profile: { resource: 'profile', id: 'profileId', answer: 'profile' },
} as const;

export function switchableTargets(kind: Switchable): Playbook['targets'] {
  const { resource, id } = words[kind];
  return (finding) =>
    namedTargets(finding, {
      service: 'rolesanywhere',
      resource: new RegExp(`^${resource}/(?<${id}>[0-9a-f-]{36})$`),
      operations: [`Create${kind}`, `Update${kind}`],
    });
}

/** The step that disables it, and leaves all else as it is. */
export function disable(kind: Switchable, target: Target): Step {
  const { id, answer: member } = words[kind];
  const input: JsonObject = { [id]: String(target.params[id]) };
  return setting({
    name: 'Disable it',
    on: [target.uid],
    read: { action: `rolesanywhere:Get${kind}`, input },
    state: (answer) => valueAt(answer, member, 'enabled'),
    want: () => false,
    write: { action: `rolesanywhere:Disable${kind}`, input, with: () => ({}) },
    back: (enabled) => (enabled === true ? [{ action: `rolesanywhere:Enable${kind}`, input }] : []),
    noneIsFine: true,
    says: 'it is disabled',
  });
}

export function idOf(kind: Switchable, { params }: Target): string {
  return textAt(params, words[kind].id) ?? '';
}

/** The target of examples. */
export function exampleSwitchable(kind: Switchable): Target {
  const { resource, id } = words[kind];
  const uuid = '1a2b3c4d-5e6f-7081-92a3-b4c5d6e7f809';
  return {
    account: '111122223333',
    region: 'eu-central-1',
    uid: `arn:aws:rolesanywhere:eu-central-1:111122223333:${resource}/${uuid}`,
    params: { [id]: uuid },
  };
}
