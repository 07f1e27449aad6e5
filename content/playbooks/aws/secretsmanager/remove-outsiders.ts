import { textAt } from '../../../../src/core/lib/json-at.ts';
import { namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { outsidersLetIn, outsidersOf, takeOutsidersOut } from '../../../../src/core/lib/plans/outsiders.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

/** The ARN knows the secret whole, with its six random characters; a name alone does for calls. */
const nameOf = ({ uid, params }: Target) => (/-[A-Za-z0-9]{6}$/.test(uid) ? uid : String(params['secret']));

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html */
export const removeOutsiders: Playbook = {
  id: 'aws.secretsmanager.remove-outsiders',
  version: 1,
  title: 'Take outsiders out of the policy of a secret',
  why: 'Outsiders read the secret from their own account. Those whom somebody let in go from the policy; everybody else stays. What was read is known: the secret has to be changed by those who know what uses it.',
  handles: ['aws.secretsmanager.secret-opened-to-foreign-account'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Take ${outsidersOf(target)} out of the policy of the secret ${nameOf(target)}`,
  blastRadius: (target) =>
    `What ${outsidersOf(target)} may do by the policy of the secret ${nameOf(target)} is refused: what reads the secret from there stops at its next start.`,
  inverse: (target) => `The secret ${nameOf(target)} gets the exact text of its earlier policy back.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'secretsmanager',
      resource: /^secret:(?<secret>[A-Za-z0-9/_+=.@-]{1,512})$/,
      operations: ['PutResourcePolicy'],
      params: outsidersLetIn,
    }),
  partial: true,
  plan: (target) => {
    const input = { SecretId: nameOf(target) };
    return takeOutsidersOut(
      {
        on: [whole(target.uid)],
        read: { action: 'secretsmanager:GetResourcePolicy', input },
        text: (answer) => textAt(answer, 'ResourcePolicy'),
        put: { action: 'secretsmanager:PutResourcePolicy', input, with: (text) => ({ ResourcePolicy: text }) },
        remove: { action: 'secretsmanager:DeleteResourcePolicy', input },
      },
      target,
    );
  },
  undoes: ['secretsmanager:DeleteResourcePolicy', 'secretsmanager:PutResourcePolicy'],
  examples: [
    {
      name: 'one account',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:app/db-AbCdEf',
        params: { secret: 'app/db-AbCdEf', accounts: ['444455556666'], anyone: false },
      },
      does: ['secretsmanager:PutResourcePolicy', 'secretsmanager:DeleteResourcePolicy'],
    },
  ],
};

/** What the ARN of a secret ends with, where only its name is known: https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html */
function whole(uid: string): string {
  return /-[A-Za-z0-9]{6}$/.test(uid) ? uid : `${uid}-??????`;
}
