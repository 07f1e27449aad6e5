import { textAt } from '../../lib/json-at.ts';
import type { Deployer } from '../../model/decide-context.ts';
import type { JsonObject } from '../../model/json.ts';

/** How programs that write infrastructure call themselves. Whoever calls may choose the text: it is a claim. */
const codes: readonly (readonly [RegExp, string])[] = [
  [/\bTerraform\//i, 'Terraform'],
  [/\bOpenTofu\//i, 'OpenTofu'],
  [/\bPulumi\//i, 'Pulumi'],
  [/\baws-cdk\//i, 'CDK'],
  [/\bAnsible\//i, 'Ansible'],
  [/\bcrossplane/i, 'Crossplane'],
];

/** Sessions of pipelines that come by a web identity, by the host of their provider. */
const pipelines: readonly (readonly [RegExp, string])[] = [
  [/token\.actions\.githubusercontent\.com/, 'GitHub Actions'],
  [/gitlab/, 'GitLab'],
  [/circleci/, 'CircleCI'],
  [/buildkite/, 'Buildkite'],
  [/bitbucket/, 'Bitbucket'],
];

/**
 * By what a call of CloudTrail was made. What AWS itself says comes first: the service that called for somebody, how the session was opened; the
 * user agent is only what a program says of itself. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function byWhom(record: JsonObject): Pick<Deployer, 'by' | 'with'> {
  const identity = record['userIdentity'];
  const type = textAt(identity, 'type');
  const invokedBy = textAt(identity, 'invokedBy') ?? '';
  const agent = textAt(record, 'userAgent') ?? '';
  const provider = textAt(identity, 'sessionContext', 'webIdFederationData', 'federatedProvider') ?? '';
  if (invokedBy === 'cloudformation.amazonaws.com' || agent === 'cloudformation.amazonaws.com')
    return { by: 'code', with: 'CloudFormation' };
  if (type === 'AWSService') return { by: 'service', with: '' };
  const code = codes.find(([pattern]) => pattern.test(agent))?.[1];
  const pipeline = pipelines.find(([pattern]) => pattern.test(provider))?.[1];
  if (pipeline !== undefined) return { by: 'pipeline', with: code === undefined ? pipeline : `${pipeline}, ${code}` };
  if (/:assumed-role\/[^/]+\/AWSCodeBuild-/.test(textAt(identity, 'arn') ?? '')) return { by: 'pipeline', with: 'CodeBuild' };
  if (code !== undefined) return { by: 'code', with: code };
  if (invokedBy !== '') return { by: 'service', with: invokedBy };
  const person =
    type === 'Root' ||
    textAt(record, 'sessionCredentialFromConsole') === 'true' ||
    record['sessionCredentialFromConsole'] === true ||
    /:assumed-role\/AWSReservedSSO_/.test(textAt(identity, 'arn') ?? '');
  return { by: person ? 'person' : 'unknown', with: '' };
}
