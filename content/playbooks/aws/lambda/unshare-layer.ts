import { asObject, textAt } from '../../../../src/core/lib/json-at.ts';
import { keptArns, keptTexts, namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { oneByOne } from '../../../../src/core/lib/plans/one-by-one.ts';
import { parsed, statementsOf } from '../../../../src/core/lib/plans/policy-statements.ts';
import type { JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const nameOf = ({ params }: Target) => `${String(params['layer'])}:${String(params['number'])}`;

/** https://docs.aws.amazon.com/lambda/latest/api/API_RemoveLayerVersionPermission.html */
export const unshareLayer: Playbook = {
  id: 'aws.lambda.unshare-layer',
  version: 1,
  title: 'Take back the sharing of a function layer',
  why: 'Whoever may use the layer can download it, with the code and the secrets in it. Only the statement that somebody added goes; functions that have the layer already keep it.',
  handles: ['aws.lambda.layer-opened-to-foreign-account'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Take back the sharing ${String(target.params['statement'])} of the layer ${nameOf(target)}`,
  blastRadius: (target) =>
    `Nobody outside can put the layer ${nameOf(target)} under a function by that statement, nor deploy one that names it.`,
  inverse: (target) => `The layer ${nameOf(target)} is shared by the same statement again.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'lambda',
      resource: /^layer:(?<layer>[A-Za-z0-9_-]{1,140}):(?<number>\d{1,10})$/,
      uids: (evidence) =>
        keptTexts([evidence], 'versionNumber', /^\d{1,10}$/).flatMap((number) =>
          keptArns('lambda', { layerName: 'layer:' })(evidence).map((arn) => `${arn}:${number}`),
        ),
      params: (evidence) => {
        const [statement, ...more] = keptTexts(evidence, 'statementId', /^[A-Za-z0-9_-]{1,100}$/);
        return statement === undefined || more.length > 0 ? null : { statement };
      },
    }),
  partial: true,
  plan: (target) => {
    const version = { LayerName: String(target.params['layer']), VersionNumber: Number(target.params['number']) };
    const StatementId = String(target.params['statement']);
    return oneByOne({
      name: 'Remove the statement',
      on: [target.uid],
      read: { action: 'lambda:GetLayerVersionPolicy', input: version },
      items: (answer) =>
        statementsOf(parsed(textAt(answer, 'Policy')))
          .flatMap((one): readonly JsonObject[] => [asObject(one) ?? {}])
          .filter((one) => one['Sid'] === StatementId),
      remove: { action: 'lambda:RemoveLayerVersionPermission', input: { ...version, StatementId }, for: () => ({}) },
      bringBack: (item) => {
        const organisation = textAt(item, 'Condition', 'StringEquals', 'aws:PrincipalOrgID');
        return [
          // Where somebody else has made a statement of that name meanwhile, and undo is told to overwrite it.
          { action: 'lambda:RemoveLayerVersionPermission', input: { ...version, StatementId } },
          {
            action: 'lambda:AddLayerVersionPermission',
            input: {
              ...version,
              StatementId,
              Action: textAt(item, 'Action'),
              Principal: principalOf(item),
              ...(organisation === null ? {} : { OrganizationId: organisation }),
            },
          },
        ];
      },
      says: 'the layer has no such statement',
      most: 1,
    });
  },
  undoes: ['lambda:AddLayerVersionPermission', 'lambda:RemoveLayerVersionPermission'],
  examples: [
    {
      name: 'one statement',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:lambda:eu-central-1:111122223333:layer:common:3',
        params: { layer: 'common', number: '3', statement: 'partner' },
      },
      does: ['lambda:RemoveLayerVersionPermission'],
    },
  ],
};

/** A request names the account; the policy names its root. */
function principalOf(statement: JsonObject): string {
  const named = textAt(statement, 'Principal', 'AWS') ?? textAt(statement, 'Principal') ?? '*';
  return /^arn:[a-z-]+:iam::(\d{12}):root$/.exec(named)?.[1] ?? named;
}
