import { canonicalJson } from '../../../../src/core/lib/canonical-json.ts';
import { listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { closedTrust } from '../../../../src/core/lib/plans/close-trust.ts';
import { exampleHolder, type Holder, holderArns, holderIn, holderOf, holderTargets, ownRole } from '../../../../src/core/lib/plans/iam.ts';
import { outsidersLetIn } from '../../../../src/core/lib/plans/outsiders.ts';
import { parsed } from '../../../../src/core/lib/plans/policy-statements.ts';
import type { Evidence, Finding } from '../../../../src/core/model/finding.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html */
export const closeRoleTrust: Playbook = {
  id: 'aws.iam.close-role-trust',
  version: 1,
  title: 'Let strangers take a role no more',
  why: 'Whoever is named in the trust of a role becomes the role, whatever happens to users and keys here: it is the way back that lasts. The accounts that somebody let in go from the trust, and so does what lets in whoever comes: any account, any owner at a host of code. Others stay. Sessions that were made live on until they expire: revoke them too.',
  handles: [
    'aws.iam.foreign-admin-role-created',
    'aws.iam.github-oidc-restricted-to-subject',
    'aws.iam.role-not-assumable-by-anyone',
    'aws.iam.role-trust-opened-to-anyone',
    'aws.iam.role-trust-opened-to-foreign-account',
    'aws.iam.role-trust-opened-to-stranger',
    'aws.iam.role-trusts-owner-by-wildcard',
    'aws.iam.role-trusts-whole-provider',
    'aws.sts.role-assumed-by-unheard-stranger',
  ],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Let ${outsiders(target)} take the role ${holderOf(target).name} no more`,
  blastRadius: (target) =>
    `From ${outsiders(target)} nobody gets a new session of the role ${holderOf(target).name}: vendors, backups and pipelines that come from there stop when their session ends.`,
  inverse: (target) => `The role ${holderOf(target).name} gets the exact text of its earlier trust back.`,
  targets: (finding) => {
    const byRole = new Map<string, { readonly role: Holder; readonly evidence: Evidence[] }>();
    for (const evidence of finding.evidence) {
      if (!/^(CreateRole|UpdateAssumeRolePolicy)$/.test(evidence.operation) || evidence.error !== undefined) continue;
      const role = evidence.account === finding.account ? roleIn(evidence) : null;
      if (role === null) continue;
      const known = byRole.get(role.name) ?? { role, evidence: [] };
      known.evidence.push(evidence);
      byRole.set(role.name, known);
    }
    const opened = [...byRole.values()].flatMap(({ role, evidence }) => {
      const accounts = lettingIn(evidence, finding);
      return accounts === null ? [] : [{ ...role, params: { accounts } }];
    });
    return holderTargets(finding, [...opened, ...taken(finding), ...standing(finding)]);
  },
  partial: true,
  plan: (target) => {
    const RoleName = holderOf(target).name;
    const read = { action: 'iam:GetRole', input: { RoleName } };
    const textOf = (answer: Json) => textAt(answer, 'Role', 'AssumeRolePolicyDocument');
    const closed = (document: JsonObject) => closedTrust(document, listAt(target.params, 'accounts').map(String));
    const put = (PolicyDocument: string) => ({ action: 'iam:UpdateAssumeRolePolicy', input: { RoleName, PolicyDocument } });
    return [
      {
        name: 'Write the trust without them',
        on: holderArns(target, holderOf(target)),
        read: { ...read, keep: 'role' },
        captures: (answer) => parsed(textOf(answer)),
        do: {
          action: 'iam:UpdateAssumeRolePolicy',
          input: { RoleName },
          once: 'sets-state',
          fill: (kept) => put(canonicalJson(closed(parsed(textOf(valueAt(kept, 'role'))) ?? {}))).input,
        },
        verify: {
          ...read,
          expect: (answer) => {
            const document = parsed(textOf(answer));
            // A role that is gone lets nobody in; one whose trust cannot be read may.
            return answer === null || (document !== null && canonicalJson(closed(document)) === canonicalJson(document));
          },
          says: 'the trust names none of them, and lets in nobody without a name',
          withinSeconds: 60,
        },
        undo: (kept) => {
          const earlier = textOf(valueAt(kept, 'role'));
          return earlier === null ? [] : [put(earlier)];
        },
      },
    ];
  },
  undoes: ['iam:UpdateAssumeRolePolicy'],
  examples: [
    { name: 'one account', target: exampleHolder('Role', 'admin', { accounts: ['444455556666'] }), does: ['iam:UpdateAssumeRolePolicy'] },
    { name: 'whoever comes', target: exampleHolder('Role', 'deploy', { accounts: [] }), does: ['iam:UpdateAssumeRolePolicy'] },
  ],
};

function outsiders({ params }: Target): string {
  const accounts = listAt(params, 'accounts').map(String);
  return accounts.length === 0 ? 'whoever comes' : accounts.join(', ');
}

/** `CreateRole` names the role as `UpdateAssumeRolePolicy` does, which has no word of it in its own name. */
function roleIn(evidence: Evidence): Holder | null {
  return holderIn({ ...evidence, operation: 'CreateRole' });
}

/** The accounts that the new trust names; null where it tells of no outsider at all. */
function lettingIn(evidence: readonly Evidence[], finding: Finding): readonly string[] | null {
  const trusts = evidence.flatMap(({ kept, ...rest }) =>
    ['policy', 'created'].map((name) => ({ ...rest, kept: { policy: kept?.[name] ?? null } })),
  );
  const found = outsidersLetIn(trusts, finding);
  if (found !== null) return listAt(found, 'accounts').map(String);
  return trusts.some(({ kept }) => String(kept.policy).includes(':oidc-provider/')) ? [] : null;
}

/** The roles that other accounts took, each with these accounts. */
function taken(finding: Finding): readonly (Holder & { readonly params: JsonObject })[] {
  const byRole = new Map<string, Set<string>>();
  for (const { operation, error, resource, kept } of finding.evidence) {
    const role = operation === 'AssumeRole' && error === undefined ? ownRole(finding, resource?.uid ?? '') : null;
    const account = String(kept?.['stranger']);
    if (role !== null && /^\d{12}$/.test(account) && account !== finding.account)
      byRole.set(role.name, (byRole.get(role.name) ?? new Set()).add(account));
  }
  return [...byRole].map(([name, accounts]) => ({ kind: 'Role', name, params: { accounts: [...accounts].sort() } }));
}

/** The roles that a control judged. */
function standing(finding: Finding): readonly (Holder & { readonly params: JsonObject })[] {
  if (finding.kind !== 'compliance') return [];
  return finding.resources.flatMap(({ uid }) => {
    const role = ownRole(finding, uid);
    return role === null ? [] : [{ kind: 'Role' as const, name: role.name, params: { accounts: [] } }];
  });
}
