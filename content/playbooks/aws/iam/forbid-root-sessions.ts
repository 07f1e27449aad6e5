import { listAt } from '../../../../src/core/lib/json-at.ts';
import { accountTarget, accountTargets } from '../../../../src/core/lib/plans/account.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const features = ['RootCredentialsManagement', 'RootSessions'] as const;

function featuresOf({ params }: Target): readonly string[] {
  return features.filter((one) => listAt(params, 'features').includes(one));
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DisableOrganizationsRootSessions.html */
export const forbidRootSessions: Playbook = {
  id: 'aws.iam.forbid-root-sessions',
  version: 1,
  title: 'Switch central access to roots off again',
  why: 'Who may take root sessions for the accounts of the organisation unlocks queues and buckets there, and gives roots a new password; guardrails of the accounts do not see it coming. It is switched on once, to remove root credentials, and needs to be on only for such work.',
  handles: ['aws.iam.root-sessions-allowed'],
  approval: 'one-person',
  risks: [],
  asks: (target) => `Switch ${featuresOf(target).join(' and ')} of the organisation off again`,
  blastRadius: () =>
    'The cloud team can neither remove credentials of roots centrally nor take root sessions for tasks until it is on again.',
  inverse: (target) => `${featuresOf(target).join(' and ')} of the organisation is on again.`,
  targets: (finding) => {
    const enabled = finding.evidence.map(({ operation }) => operation.replace(/^EnableOrganizations/, ''));
    return accountTargets(
      finding,
      features.map((one) => `EnableOrganizations${one}`),
      { features: features.filter((one) => enabled.includes(one)) },
    );
  },
  plan: (target) =>
    featuresOf(target).map((feature) =>
      setting({
        name: `Switch ${feature} off`,
        on: [target.uid],
        keep: feature,
        read: { action: 'iam:ListOrganizationsFeatures', input: {} },
        state: (answer) => listAt(answer, 'EnabledFeatures').includes(feature),
        want: () => false,
        write: { action: `iam:DisableOrganizations${feature}`, input: {}, with: () => ({}) },
        back: (enabled) => (enabled === true ? [{ action: `iam:EnableOrganizations${feature}`, input: {} }] : []),
        says: `${feature} is not among the features that are on`,
      }),
    ),
  undoes: features.map((one) => `iam:EnableOrganizations${one}`),
  examples: [
    {
      name: 'both',
      target: accountTarget('111122223333', 'us-east-1', { features: [...features] }),
      does: features.map((one) => `iam:DisableOrganizations${one}`),
    },
  ],
};
