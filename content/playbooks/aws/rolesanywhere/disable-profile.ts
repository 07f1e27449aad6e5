import { disable, exampleSwitchable, idOf, switchableTargets } from '../../../../src/core/lib/plans/roles-anywhere.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/** https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_DisableProfile.html */
export const disableProfile: Playbook = {
  id: 'aws.rolesanywhere.disable-profile',
  version: 1,
  title: 'Disable a profile of Roles Anywhere',
  why: 'A profile says which roles certificates may take. Who adds a role to it, or makes one, opens that role to every certificate that a trust anchor takes. Disabled it gives out no session; sessions that were made live on until they expire.',
  handles: ['aws.rolesanywhere.profile-created'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Disable the profile ${idOf('Profile', target)} of Roles Anywhere`,
  blastRadius: (target) => `Machines outside of AWS that use the profile ${idOf('Profile', target)} get no new session.`,
  inverse: (target) => `The profile ${idOf('Profile', target)} is enabled again, where it was before.`,
  targets: switchableTargets('Profile'),
  plan: (target) => [disable('Profile', target)],
  undoes: ['rolesanywhere:EnableProfile'],
  examples: [{ name: 'a profile', target: exampleSwitchable('Profile'), does: ['rolesanywhere:DisableProfile'] }],
};
