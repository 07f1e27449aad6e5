import { listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { makesAdministrators } from '../../../../src/core/lib/plans/administration.ts';
import { keptTexts, namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const versionOf = ({ params }: Target) => String(params['versionId']);
const numberOf = (version: string | null) => Number((version ?? '').slice(1)) || 0;

/**
 * A policy keeps up to five versions, and which of them counts is one call:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
 */
export const setBackPolicyVersion: Playbook = {
  id: 'aws.iam.set-back-policy-version',
  version: 1,
  title: 'Let an earlier version of a policy count again',
  why: 'A new version of a policy that many have makes all of them administrators, without an attachment that anybody sees. The newest version before it that allows less counts again; the new one stays as evidence, and takes one of five places.',
  handles: ['aws.iam.everything-but-allowed', 'aws.iam.policy-widened-to-admin'],
  approval: 'one-person',
  risks: ['workload'],
  asks: ({ uid }) => `Let the version before count again of the policy ${nameOf(uid)}`,
  blastRadius: (target) =>
    `Whoever has the policy ${nameOf(target.uid)} loses what version ${versionOf(target)} allows beyond the one before it.`,
  inverse: (target) => `Version ${versionOf(target)} of the policy ${nameOf(target.uid)} counts again.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'iam',
      resource: /^policy\/[\w+=,.@/-]{1,640}$/,
      operations: ['CreatePolicyVersion'],
      params: (evidence) => {
        const [versionId, ...more] = keptTexts(evidence, 'versionId', /^v[1-9]\d{0,8}$/);
        return versionId === undefined || more.length > 0 ? null : { versionId };
      },
    }),
  partial: true,
  requires: (target) => [
    {
      name: 'A version before it that allows less',
      on: [target.uid],
      read: { action: 'iam:ListPolicyVersions', input: { PolicyArn: target.uid }, keep: 'versions' },
      follow: {
        action: 'iam:GetPolicyVersion',
        inputs: (answer) =>
          listAt(answer, 'Versions').flatMap((one) => {
            const VersionId = textAt(one, 'VersionId');
            return VersionId !== null && numberOf(VersionId) < numberOf(versionOf(target)) ? [{ PolicyArn: target.uid, VersionId }] : [];
          }),
      },
      expect: (_, followed) => bestOf(followed) !== null,
      says: `No version of the policy ${nameOf(target.uid)} before ${versionOf(target)} is left that allows less: a person has to write one.`,
    },
  ],
  plan: (target) => {
    const PolicyArn = target.uid;
    return [
      {
        ...setting({
          name: 'Let the earlier version count',
          on: [target.uid],
          read: { action: 'iam:GetPolicy', input: { PolicyArn } },
          state: (answer) => valueAt(answer, 'Policy', 'DefaultVersionId'),
          want: (version) => (version === versionOf(target) ? null : version),
          write: { action: 'iam:SetDefaultPolicyVersion', input: { PolicyArn }, with: (VersionId) => ({ VersionId }) },
          back: (VersionId) => (VersionId === null ? [] : [{ action: 'iam:SetDefaultPolicyVersion', input: { PolicyArn, VersionId } }]),
          noneIsFine: true,
          says: `version ${versionOf(target)} does not count`,
        }),
        do: {
          action: 'iam:SetDefaultPolicyVersion',
          input: { PolicyArn },
          once: 'sets-state',
          fill: (kept) => ({ PolicyArn, VersionId: bestOf(listAt(kept['versions'], 'followed')) }),
        },
      },
    ];
  },
  undoes: ['iam:SetDefaultPolicyVersion'],
  examples: [
    {
      name: 'a policy',
      target: { account: '111122223333', region: 'us-east-1', uid: 'arn:aws:iam::111122223333:policy/app', params: { versionId: 'v4' } },
      does: ['iam:SetDefaultPolicyVersion'],
    },
  ],
};

function nameOf(uid: string): string {
  return uid.split('/').at(-1) ?? uid;
}

/** The newest of these versions that makes no administrators. */
function bestOf(versions: readonly Json[]): string | null {
  const narrow = versions.filter((one) => !makesAdministrators(textAt(one, 'PolicyVersion', 'Document')));
  const ids = narrow.flatMap((one) => textAt(one, 'PolicyVersion', 'VersionId') ?? []);
  return ids.toSorted((a, b) => numberOf(b) - numberOf(a))[0] ?? null;
}
