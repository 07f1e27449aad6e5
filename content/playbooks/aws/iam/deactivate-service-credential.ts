import { listAt, textAt } from '../../../../src/core/lib/json-at.ts';
import { exampleHolder, holderArns, holderIn, holderOf, holderTargets } from '../../../../src/core/lib/plans/iam.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

/** Ids of these begin with ACCA: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids */
const credentialId = /^ACCA[A-Z0-9]{12,124}$/;
const idOf = ({ params }: Target) => String(params['credential']);

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateServiceSpecificCredential.html */
export const deactivateServiceCredential: Playbook = {
  id: 'aws.iam.deactivate-service-credential',
  version: 1,
  title: 'Deactivate a key for one service',
  why: 'Keys for one service, such as those of Bedrock and CodeCommit, are beside the access keys of a user, so that who deactivates those overlooks them. Deactivating refuses the key and keeps its id as evidence; it can be taken back.',
  handles: ['aws.iam.bedrock-key-created', 'aws.iam.other-credential-made-for-other-user'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Deactivate the key ${idOf(target)} of ${holderOf(target).name} for one service`,
  blastRadius: (target) => `What signs in with ${idOf(target)} is refused by its service; other keys of ${holderOf(target).name} work.`,
  inverse: (target) => `The key ${idOf(target)} gets its earlier status back.`,
  targets: (finding) =>
    holderTargets(
      finding,
      finding.evidence.flatMap((evidence) => {
        const holder = evidence.error === undefined && evidence.account === finding.account ? holderIn(evidence) : null;
        const credential = textAt(evidence.kept, 'credentialId');
        return holder?.kind === 'User' && credential !== null && credentialId.test(credential)
          ? [{ ...holder, params: { credential } }]
          : [];
      }),
    ),
  plan: (target) => {
    const key = { UserName: holderOf(target).name, ServiceSpecificCredentialId: idOf(target) };
    const statusIn = (answer: Json) => {
      const all = listAt(answer, 'ServiceSpecificCredentials');
      return textAt(
        all.find((one) => textAt(one, 'ServiceSpecificCredentialId') === idOf(target)),
        'Status',
      );
    };
    return [
      setting({
        name: 'Deactivate the key',
        on: holderArns(target, holderOf(target)),
        read: { action: 'iam:ListServiceSpecificCredentials', input: { UserName: key.UserName } },
        state: statusIn,
        want: () => 'Inactive',
        write: { action: 'iam:UpdateServiceSpecificCredential', input: key, with: (Status) => ({ Status }) },
        back: (Status) => (Status === null ? [] : [{ action: 'iam:UpdateServiceSpecificCredential', input: { ...key, Status } }]),
        says: 'the key is listed as inactive',
      }),
    ];
  },
  undoes: ['iam:UpdateServiceSpecificCredential'],
  examples: [
    {
      name: 'a key of Bedrock',
      target: exampleHolder('User', 'BedrockAPIKey-abcd', { credential: 'ACCAEXAMPLEEXAMPLE01' }),
      does: ['iam:UpdateServiceSpecificCredential'],
    },
  ],
};
