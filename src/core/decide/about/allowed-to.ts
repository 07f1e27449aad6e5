import { matches, type Policy, parsePolicy, type Statement, speaksOf } from '../../lib/access/policy.ts';
import { listAt, textAt, valueAt } from '../../lib/json-at.ts';
import type { Level } from '../../model/decide-context.ts';
import type { Resource } from '../../model/resource.ts';
import type { Proof } from './known-of.ts';

/**
 * Managed policies of AWS whose level is known without reading them. https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 * `ReadOnlyAccess` reads objects and items too; `ViewOnlyAccess` and `SecurityAudit` read settings.
 */
const managed: { readonly [name: string]: Level } = {
  AdministratorAccess: 3,
  IAMFullAccess: 3,
  AWSOrganizationsFullAccess: 3,
  PowerUserAccess: 2,
  ReadOnlyAccess: 2,
  DataScientist: 2,
  DatabaseAdministrator: 2,
  SystemAdministrator: 2,
  AmazonS3FullAccess: 2,
  AmazonS3ReadOnlyAccess: 2,
  AmazonDynamoDBFullAccess: 2,
  AmazonDynamoDBReadOnlyAccess: 2,
  AmazonRDSFullAccess: 2,
  AmazonRDSDataFullAccess: 2,
  AmazonRedshiftFullAccess: 2,
  AmazonAthenaFullAccess: 2,
  AmazonSSMFullAccess: 2,
  AWSBackupFullAccess: 2,
  SecretsManagerReadWrite: 2,
  ViewOnlyAccess: 1,
  SecurityAudit: 1,
  SupportUser: 1,
  AmazonEC2ReadOnlyAccess: 1,
  IAMReadOnlyAccess: 1,
  AmazonSSMManagedInstanceCore: 0,
  CloudWatchAgentServerPolicy: 0,
  IAMUserChangePassword: 0,
  AWSLambdaBasicExecutionRole: 0,
  AWSLambdaVPCAccessExecutionRole: 0,
  AmazonECSTaskExecutionRolePolicy: 0,
};

/** Who may do one of these to somebody else may become an administrator. */
const administering: readonly string[] = [
  'iam:attachrolepolicy',
  'iam:attachuserpolicy',
  'iam:attachgrouppolicy',
  'iam:putrolepolicy',
  'iam:putuserpolicy',
  'iam:putgrouppolicy',
  'iam:createpolicyversion',
  'iam:setdefaultpolicyversion',
  'iam:createaccesskey',
  'iam:createloginprofile',
  'iam:updateloginprofile',
  'iam:updateassumerolepolicy',
  'iam:addusertogroup',
];
const ofData: readonly string[] = [
  's3:getobject',
  's3:putobject',
  's3:deleteobject',
  'dynamodb:getitem',
  'dynamodb:scan',
  'dynamodb:putitem',
  'dynamodb:deletetable',
  'secretsmanager:getsecretvalue',
  'rds:createdbsnapshot',
  'rds:deletedbinstance',
  'rds-data:executestatement',
  'redshift-data:executestatement',
  'ec2:createsnapshot',
  'kms:decrypt',
];
const ofSettings: readonly string[] = ['iam:listroles', 'ec2:describeinstances', 's3:listallmybuckets', 'lambda:listfunctions'];

export interface Allowed {
  readonly proofs: readonly Proof[];
  readonly unknown: readonly string[];
}

/**
 * What the policies of a user or role allow, as far as the snapshot has them. What permission boundaries, policies of the organisation and conditions
 * take away is not counted: it is what can be reached at most.
 */
export function allowedTo(principal: Resource): Allowed {
  const what = `${principal.type === 'AWS::IAM::User' ? 'User' : 'Role'} ${principal.name}`;
  const proofs: Proof[] = [];
  const unknown: string[] = [];
  for (const policy of listAt(principal.props, 'attachedPolicies')) {
    if (typeof policy !== 'string') continue;
    const name = policy.slice(policy.lastIndexOf('/') + 1);
    const level = /^arn:[a-z-]+:iam::aws:policy\//.test(policy) && Object.hasOwn(managed, name) ? managed[name] : undefined;
    if (level === undefined) unknown.push(`what policy ${name} of ${what} allows`);
    else if (level > 0) proofs.push({ level, says: `${what} ${words[level]}.`, from: `attached policy ${name}` });
  }
  for (const group of listAt(principal.props, 'groups'))
    if (typeof group === 'string') unknown.push(`what group ${group} of ${what} allows`);
  const inline = listAt(principal.props, 'inlinePolicies').map((one) => ({
    name: textAt(one, 'name') ?? '',
    policy: parsePolicy(valueAt(one, 'document')),
  }));
  const denying = inline.flatMap(({ policy }) => (policy?.statements ?? []).filter(deniesAll));
  for (const { name, policy } of inline) {
    if (policy === null || policy.faults.length > 0) unknown.push(`what inline policy ${name} of ${what} allows`);
    const level = policy === null ? 0 : levelOf(policy, denying, principal.account);
    if (level > 0) proofs.push({ level, says: `${what} ${words[level]}.`, from: `inline policy ${name}` });
  }
  if (principal.props['attachedPolicies'] === undefined) unknown.push(`the policies of ${what}`);
  return { proofs, unknown };
}

const words: { readonly [level in Level]: string } = {
  0: 'reaches nothing',
  1: "may read the account's settings",
  2: 'may read or change data',
  3: 'may administer the account',
};

function levelOf({ statements }: Policy, denying: readonly Statement[], account: string): Level {
  const allows = (action: string, isMeant: (statement: Statement) => boolean) =>
    !denying.some((statement) => speaksOf(statement, action)) &&
    statements.some((statement) => statement.effect === 'Allow' && speaksOf(statement, action) && isMeant(statement));
  // Somebody else's: who may only renew the own keys gets nowhere by it.
  const anybody = ['user/', 'role/', 'policy/', 'group/'].map((kind) => `arn:aws:iam::${account}:${kind}anybody-else`);
  if (administering.some((action) => allows(action, (statement) => anybody.some((arn) => isOn(statement, arn))))) return 3;
  if (ofData.some((action) => allows(action, () => true))) return 2;
  return ofSettings.some((action) => allows(action, (statement) => isOn(statement, '*'))) ? 1 : 0;
}

/** May the principal become this role, as far as its inline policies and those of AWS tell? */
export function maySwitchTo(principal: Resource, role: string): boolean {
  if (
    listAt(principal.props, 'attachedPolicies').some(
      (arn) => typeof arn === 'string' && /:iam::aws:policy\/(AdministratorAccess|PowerUserAccess)$/.test(arn),
    )
  )
    return true;
  const statements = listAt(principal.props, 'inlinePolicies').flatMap((one) => parsePolicy(valueAt(one, 'document'))?.statements ?? []);
  const speaking = statements.filter((statement) => speaksOf(statement, 'sts:assumerole') && isOn(statement, role));
  return speaking.some(({ effect }) => effect === 'Allow') && !speaking.some((statement) => deniesAll(statement));
}

function deniesAll(statement: Statement): boolean {
  return statement.effect === 'Deny' && statement.conditions.length === 0 && isOn(statement, '*');
}

function isOn({ resources }: Statement, arn: string): boolean {
  const named = resources.patterns.some((pattern) => pattern === '*' || matches(pattern, arn));
  return resources.not ? !named : named;
}
