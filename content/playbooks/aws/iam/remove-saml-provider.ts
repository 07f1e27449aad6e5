import { listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const nameOf = ({ params }: Target) => String(params['provider']);

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateSAMLProvider.html */
export const removeSamlProvider: Playbook = {
  id: 'aws.iam.remove-saml-provider',
  version: 1,
  title: 'Remove a SAML provider that somebody made',
  why: 'Whoever holds the key of the provider signs in as whomever he likes, into each role that trusts it. Its name is its ARN, so that roles that trust it would take the same one again. A provider whose metadata was replaced is another matter: what stood there before is not in the event, and a person has to ask its owner for it.',
  handles: ['aws.iam.saml-provider-changed'],
  approval: 'one-person',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Remove the SAML provider ${nameOf(target)}`,
  blastRadius: (target) => `Nobody signs in by the SAML provider ${nameOf(target)}; sessions that were made live on until they expire.`,
  inverse: (target) => `The SAML provider ${nameOf(target)} is made again with the same metadata and tags, under the same ARN.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'iam',
      resource: /^saml-provider\/(?<provider>[\w._-]{1,128})$/,
      operations: ['CreateSAMLProvider'],
    }),
  partial: true,
  requires: (target) => [
    {
      name: 'It can be made again',
      on: [target.uid],
      read: { action: 'iam:GetSAMLProvider', input: { SAMLProviderArn: target.uid }, keep: 'whole' },
      // Private keys are never shown, so that whoever makes it anew would have to have them.
      expect: (answer) => answer !== null && listAt(answer, 'PrivateKeyList').length === 0,
      says: `The SAML provider ${nameOf(target)} is gone, or decrypts assertions with a private key that nobody could give back: a person has to remove it.`,
    },
  ],
  plan: (target) => {
    const input = { SAMLProviderArn: target.uid };
    const read = { action: 'iam:GetSAMLProvider', input };
    const remove = { action: 'iam:DeleteSAMLProvider', input };
    return [
      {
        name: 'Remove the provider',
        on: [target.uid],
        permits: ['iam:TagSAMLProvider'],
        read: { ...read, keep: 'provider' },
        captures: settingsOf,
        do: { ...remove, once: 'sets-state' },
        verify: { ...read, expect: (answer) => answer === null, says: 'there is no such provider', withinSeconds: 60 },
        undo: (kept) => {
          const earlier = settingsOf(valueAt(kept, 'provider'));
          // Where somebody else has made one meanwhile, and undo is told to overwrite it.
          return earlier === null ? [] : [remove, { action: 'iam:CreateSAMLProvider', input: { Name: nameOf(target), ...earlier } }];
        },
      },
    ];
  },
  undoes: ['iam:CreateSAMLProvider', 'iam:DeleteSAMLProvider'],
  examples: [
    {
      name: 'a provider',
      target: {
        account: '111122223333',
        region: 'us-east-1',
        uid: 'arn:aws:iam::111122223333:saml-provider/login',
        params: { provider: 'login' },
      },
      does: ['iam:DeleteSAMLProvider'],
    },
  ],
};

function settingsOf(answer: Json): JsonObject | null {
  const SAMLMetadataDocument = textAt(answer, 'SAMLMetadataDocument');
  return SAMLMetadataDocument === null ? null : { SAMLMetadataDocument, Tags: listAt(answer, 'Tags') };
}
