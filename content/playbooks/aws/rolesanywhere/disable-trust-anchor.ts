import { disable, exampleSwitchable, idOf, switchableTargets } from '../../../../src/core/lib/plans/roles-anywhere.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/** https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_DisableTrustAnchor.html */
export const disableTrustAnchor: Playbook = {
  id: 'aws.rolesanywhere.disable-trust-anchor',
  version: 1,
  title: 'Disable a trust anchor',
  why: 'Whoever holds the key of the certificate authority makes himself certificates, and takes roles with them from anywhere, whatever happens to users and keys. Disabled it lets nobody in and keeps its certificate as evidence. Sessions that were made live on until they expire.',
  handles: ['aws.rolesanywhere.trust-anchor-created'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Disable the trust anchor ${idOf('TrustAnchor', target)}`,
  blastRadius: (target) => `Machines outside of AWS that sign in by the trust anchor ${idOf('TrustAnchor', target)} get no new session.`,
  inverse: (target) => `The trust anchor ${idOf('TrustAnchor', target)} is enabled again, where it was before.`,
  targets: switchableTargets('TrustAnchor'),
  plan: (target) => [disable('TrustAnchor', target)],
  undoes: ['rolesanywhere:EnableTrustAnchor'],
  examples: [{ name: 'a trust anchor', target: exampleSwitchable('TrustAnchor'), does: ['rolesanywhere:DisableTrustAnchor'] }],
};
