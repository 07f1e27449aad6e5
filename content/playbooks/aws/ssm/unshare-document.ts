import { listAt } from '../../../../src/core/lib/json-at.ts';
import { keptTexts, namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const nameOf = ({ params }: Target) => String(params['document']);
const withOf = ({ params }: Target) => listAt(params, 'with').map(String);

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ModifyDocumentPermission.html */
export const unshareDocument: Playbook = {
  id: 'aws.ssm.unshare-document',
  version: 1,
  title: 'Take back the sharing of a Systems Manager document',
  why: 'Whoever may read the document sees what it does and the secrets in it. The permission goes from those whom somebody added; others keep theirs. What was read or copied stays.',
  handles: ['aws.ssm.document-shared'],
  approval: 'none',
  risks: ['legitimate-use'],
  asks: (target) => `Stop sharing the document ${nameOf(target)} with ${withOf(target).join(', ')}`,
  blastRadius: (target) => `Those in ${withOf(target).join(', ')} can run or read ${nameOf(target)} no more.`,
  inverse: (target) => `The document ${nameOf(target)} is shared with ${withOf(target).join(', ')} again.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'ssm',
      resource: /^document\/(?<document>[A-Za-z0-9_.-]{3,128})$/,
      operations: ['ModifyDocumentPermission'],
      params: (evidence) => {
        const names = keptTexts(evidence, 'sharedWith', /^(\d{12}|all)$/i).map((one) => (/^all$/i.test(one) ? 'all' : one));
        const others = [...new Set(names)].filter((one) => one !== finding.account).sort();
        return others.length === 0 || others.length > 20 ? null : { with: others };
      },
    }),
  partial: true,
  plan: (target) => {
    const input = { Name: nameOf(target), PermissionType: 'Share' };
    const read = { action: 'ssm:DescribeDocumentPermission', input };
    const shared = (answer: Json) => {
      const have = listAt(answer, 'AccountIds').map((one) => String(one).toLowerCase());
      return withOf(target).filter((name) => have.includes(name));
    };
    return [
      {
        name: 'Take the permission away',
        on: [target.uid],
        read: { ...read, keep: 'permission' },
        captures: shared,
        do: { action: 'ssm:ModifyDocumentPermission', input: { ...input, AccountIdsToRemove: withOf(target) }, once: 'sets-state' },
        verify: {
          ...read,
          expect: (answer) => answer !== null && shared(answer).length === 0,
          says: 'the document is not shared with them',
          withinSeconds: 60,
        },
        undo: (kept) => {
          const names = shared(kept['permission'] ?? null);
          return names.length === 0 ? [] : [{ action: 'ssm:ModifyDocumentPermission', input: { ...input, AccountIdsToAdd: names } }];
        },
      },
    ];
  },
  undoes: ['ssm:ModifyDocumentPermission'],
  examples: [
    {
      name: 'one account',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:ssm:eu-central-1:111122223333:document/repair',
        params: { document: 'repair', with: ['444455556666'] },
      },
      does: ['ssm:ModifyDocumentPermission'],
    },
  ],
};
