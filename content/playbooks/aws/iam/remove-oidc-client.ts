import { listAt } from '../../../../src/core/lib/json-at.ts';
import { keptTexts, namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const clientOf = ({ params }: Target) => String(params['client']);
const providerOf = ({ uid }: Target) => uid.slice(uid.indexOf(':oidc-provider/') + ':oidc-provider/'.length);

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveClientIDFromOpenIDConnectProvider.html */
export const removeOidcClient: Playbook = {
  id: 'aws.iam.remove-oidc-client',
  version: 1,
  title: 'Take a client out of an identity provider',
  why: 'Tokens that the provider gives to one more client are taken from now on, by every role that trusts the provider without naming its client. The one client goes; others sign in as before. Sessions that were made live on until they expire.',
  handles: ['aws.iam.identity-provider-widened'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Take the client ${clientOf(target)} out of the identity provider ${providerOf(target)}`,
  blastRadius: (target) => `Nobody takes a role by a token of ${providerOf(target)} for the client ${clientOf(target)}.`,
  inverse: (target) => `The provider ${providerOf(target)} takes tokens for the client ${clientOf(target)} again.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'iam',
      resource: /^oidc-provider\/[A-Za-z0-9._~/:%-]{1,255}$/,
      operations: ['AddClientIDToOpenIDConnectProvider'],
      params: (evidence) => {
        const [client, ...more] = keptTexts(evidence, 'client', /^[A-Za-z0-9._~:/@+=-]{1,255}$/);
        return client === undefined || more.length > 0 ? null : { client };
      },
    }),
  partial: true,
  plan: (target) => {
    const provider = { OpenIDConnectProviderArn: target.uid };
    const input = { ...provider, ClientID: clientOf(target) };
    return [
      setting({
        name: 'Take the client out',
        on: [target.uid],
        read: { action: 'iam:GetOpenIDConnectProvider', input: provider },
        state: (answer) => listAt(answer, 'ClientIDList').includes(clientOf(target)),
        want: () => false,
        write: { action: 'iam:RemoveClientIDFromOpenIDConnectProvider', input, with: () => ({}) },
        back: (isIn) => (isIn === true ? [{ action: 'iam:AddClientIDToOpenIDConnectProvider', input }] : []),
        noneIsFine: true,
        says: 'the provider takes no tokens for the client',
      }),
    ];
  },
  undoes: ['iam:AddClientIDToOpenIDConnectProvider'],
  examples: [
    {
      name: 'a client',
      target: {
        account: '111122223333',
        region: 'us-east-1',
        uid: 'arn:aws:iam::111122223333:oidc-provider/gitlab.com',
        params: { client: 'https://gitlab.example.com' },
      },
      does: ['iam:RemoveClientIDFromOpenIDConnectProvider'],
    },
  ],
};
