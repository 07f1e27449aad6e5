import { listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/**
 * The ARN is made of the URL, so a provider that is made anew with the same URL is the same to roles that trust it.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
 */
export const removeOidcProvider: Playbook = {
  id: 'aws.iam.remove-oidc-provider',
  version: 1,
  title: 'Remove an identity provider that somebody made',
  why: 'Whoever runs the provider vouches for whomever he likes, and roles that trust it let them in without any key of the account. Roles keep their trust in it, which names nobody until it is made again; sessions that were made live on until they expire.',
  handles: ['aws.iam.oidc-provider-created'],
  approval: 'one-person',
  risks: ['legitimate-use', 'workload'],
  asks: ({ params }) => `Remove the identity provider ${String(params['provider'])}`,
  blastRadius: ({ params }) =>
    `Nobody takes a role by a token of ${String(params['provider'])}: pipelines and clusters that sign in by it stop when their session ends.`,
  inverse: ({ params }) =>
    `The provider ${String(params['provider'])} is made again with the same URL, clients, thumbprints and tags, under the same ARN.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'iam',
      resource: /^oidc-provider\/(?<provider>[A-Za-z0-9._~/:%-]{1,255})$/,
      operations: ['CreateOpenIDConnectProvider'],
    }),
  partial: true,
  plan: ({ uid }) => {
    const input = { OpenIDConnectProviderArn: uid };
    const read = { action: 'iam:GetOpenIDConnectProvider', input };
    const remove = { action: 'iam:DeleteOpenIDConnectProvider', input };
    return [
      {
        name: 'Remove the provider',
        on: [uid],
        // Making it again with its tags asks for this too.
        permits: ['iam:TagOpenIDConnectProvider'],
        read: { ...read, keep: 'provider' },
        captures: settingsOf,
        do: { ...remove, once: 'sets-state' },
        verify: { ...read, expect: (answer) => answer === null, says: 'there is no such provider', withinSeconds: 60 },
        undo: (kept) => {
          const earlier = settingsOf(valueAt(kept, 'provider'));
          // Where somebody else has made one meanwhile, and undo is told to overwrite it. Deleting what is not there is no error.
          return earlier === null ? [] : [remove, { action: 'iam:CreateOpenIDConnectProvider', input: earlier }];
        },
      },
    ];
  },
  undoes: ['iam:CreateOpenIDConnectProvider', 'iam:DeleteOpenIDConnectProvider'],
  examples: [
    {
      name: 'a provider',
      target: {
        account: '111122223333',
        region: 'us-east-1',
        uid: 'arn:aws:iam::111122223333:oidc-provider/login.example.net/abc',
        params: { provider: 'login.example.net/abc' },
      },
      does: ['iam:DeleteOpenIDConnectProvider'],
    },
  ],
};

/** What makes it again: the answer has the URL without its scheme, and thumbprints that AWS looked up itself. */
function settingsOf(answer: Json): JsonObject | null {
  const url = textAt(answer, 'Url');
  if (url === null) return null;
  const sorted = (name: string) => listAt(answer, name).map(String).sort();
  return {
    Url: url.startsWith('https://') ? url : `https://${url}`,
    ClientIDList: sorted('ClientIDList'),
    ThumbprintList: sorted('ThumbprintList'),
    Tags: listAt(answer, 'Tags'),
  };
}
