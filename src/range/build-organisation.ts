import { noOtherRootTask } from '../core/lib/root-tasks.ts';
import type { AccountKind } from '../core/model/campaign.ts';
import type { JsonObject } from '../core/model/json.ts';
import { Dice } from './dice.ts';
import { actorActions, readerActions, undoerActions } from './generated/role-actions.ts';
import { managedPolicyArn } from './managed-policies.ts';
import { type AddRole, addMoreRoles } from './more-roles.ts';
import { bucketArn, newBucket } from './services/s3.ts';
import type { AccountState, RangeState, RegionState, RoleState, RuleTarget, SecurityGroupState, TrailState, UserState } from './state.ts';

const day = 86_400_000;
const homeRegion = 'us-east-1';
const regions = [homeRegion, 'eu-west-1'] as const;
/** Where accounts of a large organisation work. */
const manyRegions = [...regions, 'eu-central-1', 'us-west-2', 'ap-southeast-2'] as const;

export interface RangeAccount {
  readonly id: string;
  readonly name: string;
  /** Default: by its place, see buildOrganisation. */
  readonly kind?: AccountKind;
}

/** The accounts of a small organisation; the first one is the management account. */
export const threeAccounts: readonly RangeAccount[] = [
  { id: '111122223333', name: 'management' },
  { id: '444455556666', name: 'production' },
  { id: '777788889999', name: 'sandbox' },
];

/** Names of the roles that jobzero uses in every account. */
/** Below this path lie the roles of jobzero. */
export const jobzeroPath = '/jobzero/';
export const jobzeroRoles = { reader: 'JobzeroReader', actor: 'JobzeroActor', undoer: 'JobzeroUndoer' } as const;

export interface BuildOptions {
  readonly seed: string;
  readonly accounts: readonly RangeAccount[];
  readonly start: number;
  /** What the roles actor and undoer may do: what playbooks need, or everything (to prepare tests). */
  readonly writeRole: 'playbooks' | 'administrator';
}

/**
 * An organisation as one finds it: mostly in order, with some weaknesses. Each account is made from the seed and its
 * own id, so that it is the same whatever other accounts there are. Production is the second account, the neglected
 * one is the last; with fewer accounts one plays several parts.
 */
export function buildOrganisation(options: BuildOptions): RangeState {
  const [management] = options.accounts;
  if (management === undefined) throw new RangeError('an organisation needs an account');
  const production = options.accounts[1] ?? management;
  const neglected = options.accounts.at(-1) ?? management;
  const organisation = new Dice(`${options.seed}/organisation`);
  const accounts: Record<string, AccountState> = {};
  for (const account of options.accounts) {
    accounts[account.id] = buildAccount(options, account, {
      management: management.id,
      security: (options.accounts.find((each) => each.kind === 'security') ?? management).id,
      isManagement: account === management,
      isProduction: account.kind === undefined ? account === production : account.kind === 'production',
      isNeglected: account.kind === undefined ? account === neglected : account.kind === 'neglected',
    });
  }
  return {
    format: 'jobzero.range/1',
    seed: options.seed,
    start: options.start,
    dice: new Dice(`${options.seed}/events`).state,
    organisation: {
      id: `o-${organisation.id('', 10).toLowerCase()}`,
      management: management.id,
      policies: {
        DenyLeavingOrganization: policy([{ Effect: 'Deny', Action: 'organizations:LeaveOrganization', Resource: '*' }]),
      },
    },
    accounts,
    sessions: {},
    recent: {},
    campaigns: {},
    undelivered: {},
  };
}

const securityContact = { Name: 'Security team', Title: 'On call', EmailAddress: 'security@example.com', PhoneNumber: '+1 555 0100' };

interface Parts {
  readonly management: string;
  /** The account of the security team; the management account where it has none. */
  readonly security: string;
  readonly isManagement: boolean;
  readonly isProduction: boolean;
  readonly isNeglected: boolean;
}

function buildAccount(options: BuildOptions, { id, name, kind }: RangeAccount, parts: Parts): AccountState {
  const dice = new Dice(`${options.seed}/account/${id}`);
  const { start } = options;
  const account: AccountState = {
    id,
    name,
    ...(kind === undefined ? {} : { kind }),
    email: `aws-${name}@example.com`,
    // Nobody ever told AWS whom to write to about the neglected one.
    ...(parts.isNeglected ? {} : { contacts: { SECURITY: securityContact } }),
    users: {},
    groups: {},
    roles: {},
    policies: {},
    instanceProfiles: {},
    oidcProviders: {},
    rootMfa: !parts.isNeglected,
    rootKeys: 0,
    passwordPolicy: parts.isNeglected
      ? null
      : {
          MinimumPasswordLength: 14,
          RequireSymbols: true,
          RequireNumbers: true,
          RequireUppercaseCharacters: true,
          RequireLowercaseCharacters: true,
          AllowUsersToChangePassword: true,
          ExpirePasswords: false,
          PasswordReusePrevention: 24,
        },
    publicAccessBlock: parts.isManagement
      ? { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true }
      : null,
    credentialReport: null,
    buckets: {},
    regions: {},
    trails: {},
  };
  // One account alone plays production too, whose website needs a public bucket.
  if (parts.isProduction) account.publicAccessBlock = null;
  addPeople(account, dice, start, parts);
  addRoles(account, dice, options, parts);
  addBuckets(account, dice, start, parts);
  for (const region of kind === undefined ? regions : manyRegions)
    account.regions[region] = buildRegion(account, dice, region, start, parts);
  addTrails(account, start, parts);
  return account;
}

function addPeople(account: AccountState, dice: Dice, start: number, parts: Parts): void {
  const deployPolicy = `arn:aws:iam::${account.id}:policy/ci-deploy`;
  account.policies[deployPolicy] = {
    arn: deployPolicy,
    name: 'ci-deploy',
    path: '/',
    id: dice.id('ANPA'),
    created: start - 900 * day,
    // Far more than a deployment needs, as such policies are.
    document: policy([
      {
        Effect: 'Allow',
        Action: ['s3:*', 'ec2:*', 'iam:*', 'cloudtrail:*', 'lambda:*', 'ecs:*', 'ecr:*', 'logs:*', 'sts:*'],
        Resource: '*',
      },
    ]),
  };
  account.groups['developers'] = {
    name: 'developers',
    path: '/',
    id: dice.id('AGPA'),
    arn: `arn:aws:iam::${account.id}:group/developers`,
    created: start - 1000 * day,
    inline: {},
    attached: [managedPolicyArn('ReadOnlyAccess')],
  };
  const ci = addUser(account, dice, 'ci-deployer', start - 700 * day, { owner: 'platform', purpose: 'deployments' });
  ci.attached.push(deployPolicy);
  addKey(ci, dice, start - 190 * day, { at: start - 3_600_000, region: homeRegion, service: 's3' });

  const alice = addUser(account, dice, 'alice', start - 980 * day, { team: 'platform' });
  alice.groups.push('developers');
  alice.mfa.push(`arn:aws:iam::${account.id}:mfa/alice`);
  alice.loginProfile = { created: start - 60 * day, resetRequired: false };
  alice.passwordLastUsed = start - day;
  addKey(alice, dice, start - 45 * day, { at: start - 2 * day, region: homeRegion, service: 'ec2' });

  if (parts.isNeglected) {
    const bob = addUser(account, dice, 'bob', start - 1200 * day, {});
    bob.groups.push('developers');
    bob.loginProfile = { created: start - 800 * day, resetRequired: false };
    bob.passwordLastUsed = start - 5 * day;
    addKey(bob, dice, start - 1100 * day, { at: start - 5 * day, region: 'eu-west-1', service: 'iam' });
    const exporter = addUser(account, dice, 'report-exporter', start - 1500 * day, { owner: 'unknown' });
    exporter.inline['export'] = policy([{ Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: '*' }]);
    addKey(exporter, dice, start - 1500 * day, null);
  }
}

function addUser(account: AccountState, dice: Dice, name: string, created: number, tags: Record<string, string>): UserState {
  const user: UserState = {
    name,
    path: '/',
    id: dice.id('AIDA'),
    arn: `arn:aws:iam::${account.id}:user/${name}`,
    created,
    keys: {},
    inline: {},
    attached: [],
    groups: [],
    mfa: [],
    loginProfile: null,
    passwordLastUsed: null,
    tags,
  };
  account.users[name] = user;
  return user;
}

function addKey(user: UserState, dice: Dice, created: number, lastUsed: { at: number; region: string; service: string } | null): void {
  const id = dice.id('AKIA', 16);
  user.keys[id] = { id, created, status: 'Active', lastUsed };
}

function addRoles(account: AccountState, dice: Dice, options: BuildOptions, parts: Parts): void {
  const { id } = account;
  const { start } = options;
  const add = (
    name: string,
    more: Pick<RoleState, 'trust' | 'description'> & Partial<Pick<RoleState, 'path' | 'inline' | 'attached' | 'tags'>>,
  ): RoleState => {
    const path = more.path ?? '/';
    const role: RoleState = {
      name,
      path,
      id: dice.id('AROA'),
      arn: `arn:aws:iam::${id}:role${path}${name}`,
      created: start - (300 + dice.int(600)) * day,
      description: more.description,
      maxSession: 3600,
      trust: more.trust,
      inline: more.inline ?? {},
      attached: more.attached ?? [],
      lastUsed: null,
      tags: more.tags ?? {},
    };
    account.roles[name] = role;
    return role;
  };

  const github = 'token.actions.githubusercontent.com';
  const provider = `arn:aws:iam::${id}:oidc-provider/${github}`;
  account.oidcProviders[provider] = {
    arn: provider,
    url: github,
    clientIds: ['sts.amazonaws.com'],
    thumbprints: [dice.hex(40)],
    created: start - 500 * day,
  };
  const githubTrust = (condition: JsonObject) =>
    policy([{ Effect: 'Allow', Principal: { Federated: provider }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: condition }]);

  add('web-server', {
    description: 'The web servers of the shop',
    trust: serviceTrust('ec2.amazonaws.com'),
    attached: [managedPolicyArn('AmazonSSMManagedInstanceCore'), managedPolicyArn('CloudWatchAgentServerPolicy')],
    inline: {
      'read-shop-data': policy([
        {
          Effect: 'Allow',
          Action: ['s3:GetObject', 's3:ListBucket'],
          Resource: [bucketArn(`example-customer-data-${id}`), `${bucketArn(`example-customer-data-${id}`)}/*`],
        },
        { Effect: 'Allow', Action: ['s3:ListAllMyBuckets', 'ec2:DescribeInstances', 'ec2:DescribeTags'], Resource: '*' },
      ]),
    },
    tags: { service: 'shop' },
  });
  account.instanceProfiles['web-server'] = {
    name: 'web-server',
    id: dice.id('AIPA'),
    arn: `arn:aws:iam::${id}:instance-profile/web-server`,
    created: start - 400 * day,
    roles: ['web-server'],
  };
  add('github-deploy', {
    description: 'Deployments from the main branch',
    trust: githubTrust({
      StringEquals: { [`${github}:aud`]: 'sts.amazonaws.com', [`${github}:sub`]: 'repo:example-corp/shop:ref:refs/heads/main' },
    }),
    inline: {
      deploy: policy([
        {
          Effect: 'Allow',
          Action: ['ecs:*', 'ecr:*', 'lambda:Update*', 'lambda:Get*', 's3:PutObject', 's3:GetObject', 'ec2:Describe*'],
          Resource: '*',
        },
      ]),
    },
  });
  add('terraform', {
    description: 'Infrastructure as code',
    trust: policy([
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${id}:user/alice` }, Action: 'sts:AssumeRole' },
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${id}:role/github-deploy` }, Action: 'sts:AssumeRole' },
    ]),
    attached: [managedPolicyArn('AdministratorAccess')],
    tags: { 'managed-by': 'terraform' },
  });
  for (const set of ['AdministratorAccess', 'ReadOnlyAccess']) {
    add(`AWSReservedSSO_${set}_${dice.hex(16)}`, {
      path: '/aws-reserved/sso.amazonaws.com/',
      description: '',
      trust: policy([
        {
          Effect: 'Allow',
          Principal: { Federated: `arn:aws:iam::${id}:saml-provider/AWSSSO_example_DO_NOT_DELETE` },
          Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'],
          Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
        },
      ]),
      attached: [managedPolicyArn(set)],
    });
  }
  add('AWSServiceRoleForOrganizations', {
    path: '/aws-service-role/organizations.amazonaws.com/',
    description: 'Service-linked role used by AWS Organizations',
    trust: serviceTrust('organizations.amazonaws.com'),
    attached: [managedPolicyArn('AWSOrganizationsServiceTrustPolicy')],
  });
  add('BreakGlassAdministrator', {
    path: '/break-glass/',
    description: 'For people, when everything else fails',
    trust: policy([
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${parts.management}:root` },
        Action: 'sts:AssumeRole',
        Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
      },
    ]),
    attached: [managedPolicyArn('AdministratorAccess')],
  });
  if (parts.isNeglected) {
    add('legacy-integration', {
      description: 'Partner integration of 2021',
      trust: policy([{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }]),
      attached: [managedPolicyArn('AmazonS3ReadOnlyAccess')],
    });
    add('github-preview', {
      description: 'Preview environments',
      trust: githubTrust({ StringEquals: { [`${github}:aud`]: 'sts.amazonaws.com' } }),
      attached: [managedPolicyArn('PowerUserAccess')],
    });
  }
  if (account.kind !== undefined) addMoreRoles(add, id, { management: parts.management, security: parts.security });
  addJobzeroRoles(add, options, parts);
}

/** The detector, the actor and the undoer are different principals, and none may touch these roles or break-glass. */
function addJobzeroRoles(add: AddRole, options: BuildOptions, parts: Parts): void {
  const trust = policy([{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${parts.management}:root` }, Action: 'sts:AssumeRole' }]);
  const path = jobzeroPath;
  add(jobzeroRoles.reader, {
    path,
    description: 'Reads for jobzero',
    trust,
    attached: [managedPolicyArn('SecurityAudit')],
    inline: { playbooks: policy([{ Effect: 'Allow', Action: readerActions, Resource: '*' }]) },
  });
  const untouchable = {
    Effect: 'Deny',
    NotAction: ['iam:Get*', 'iam:List*'],
    Resource: ['arn:aws:iam::*:role/jobzero/*', 'arn:aws:iam::*:role/break-glass/*', 'arn:aws:iam::*:user/break-glass/*'],
  };
  for (const role of [jobzeroRoles.actor, jobzeroRoles.undoer]) {
    add(role, {
      path,
      description: role === jobzeroRoles.actor ? 'Carries out the plans of playbooks' : 'Takes back what playbooks did',
      trust,
      attached: [managedPolicyArn(options.writeRole === 'administrator' ? 'AdministratorAccess' : 'SecurityAudit')],
      inline: {
        playbooks: policy([
          { Effect: 'Allow', Action: role === jobzeroRoles.actor ? actorActions : undoerActions, Resource: '*' },
          ...(role === jobzeroRoles.actor ? [noOtherRootTask] : []),
          untouchable,
        ]),
      },
    });
  }
}

function addBuckets(account: AccountState, dice: Dice, start: number, parts: Parts): void {
  const add = (name: string, tags: Record<string, string>) => {
    const bucket = newBucket(`${name}-${account.id}`, homeRegion, start - (200 + dice.int(700)) * day);
    Object.assign(bucket.tags, tags);
    account.buckets[bucket.name] = bucket;
    return bucket;
  };
  const logs = add('example-trail-logs', { purpose: 'audit' });
  logs.versioning = 'Enabled';
  logs.policy = policy([
    {
      Sid: 'TrailAclCheck',
      Effect: 'Allow',
      Principal: { Service: 'cloudtrail.amazonaws.com' },
      Action: 's3:GetBucketAcl',
      Resource: bucketArn(logs.name),
    },
    {
      Sid: 'TrailWrite',
      Effect: 'Allow',
      Principal: { Service: 'cloudtrail.amazonaws.com' },
      Action: 's3:PutObject',
      Resource: `${bucketArn(logs.name)}/AWSLogs/*`,
    },
  ]);
  if (parts.isManagement && !parts.isProduction) return;

  const data = add('example-customer-data', { data: 'confidential', owner: 'shop' });
  data.versioning = 'Enabled';
  data.logging = { bucket: `example-access-logs-${account.id}`, prefix: 'customer-data/' };
  for (let i = 1; i <= 12; i++) data.objects[`exports/2026/customers-${String(i).padStart(2, '0')}.csv`] = 200_000 + dice.int(900_000);
  const artifacts = add('example-app-artifacts', { owner: 'platform' });
  for (let i = 1; i <= 5; i++) artifacts.objects[`shop/build-${100 + i}.zip`] = 9_000_000 + dice.int(900_000);
  const access = add('example-access-logs', { purpose: 'audit' });
  access.acl = 'log-delivery-write';
  access.ownership = 'ObjectWriter';

  const site = add('example-website', { purpose: 'website', public: 'intended' });
  site.publicAccessBlock = null;
  site.policy = policy([
    { Sid: 'Website', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `${bucketArn(site.name)}/*` },
  ]);
  site.objects['index.html'] = 5120;
  if (parts.isNeglected) {
    const old = add('example-old-exports', {});
    old.publicAccessBlock = null;
    old.ownership = 'ObjectWriter';
    old.acl = 'public-read';
    old.objects['export-2023.csv'] = 450_000;
  }
}

function buildRegion(account: AccountState, dice: Dice, region: string, start: number, parts: Parts): RegionState {
  const vpc = `vpc-${dice.hex(17)}`;
  const subnet = `subnet-${dice.hex(17)}`;
  const state: RegionState = { vpcs: {}, securityGroups: {}, instances: {}, networkInterfaces: {}, snapshots: {} };
  state.vpcs[vpc] = {
    VpcId: vpc,
    CidrBlock: '10.0.0.0/16',
    State: 'available',
    IsDefault: true,
    OwnerId: account.id,
    InstanceTenancy: 'default',
    DhcpOptionsId: `dopt-${dice.hex(17)}`,
    Tags: [{ Key: 'Name', Value: account.name }],
  };
  const group = (
    name: string,
    description: string,
    ingress: readonly (readonly [port: number | null, target: RuleTarget, note: string | null])[],
  ): SecurityGroupState => {
    const made: SecurityGroupState = { id: `sg-${dice.hex(17)}`, name, description, vpc, tags: {}, rules: {} };
    const rule = (egress: boolean, port: number | null, target: RuleTarget, note: string | null) => {
      const id = `sgr-${dice.hex(17)}`;
      made.rules[id] = { id, egress, protocol: port === null ? '-1' : 'tcp', from: port, to: port, target, description: note, tags: {} };
    };
    for (const [port, target, note] of ingress) rule(false, port, target, note);
    rule(true, null, ipv4('0.0.0.0/0'), null);
    state.securityGroups[made.id] = made;
    return made;
  };
  const standard = group('default', 'default VPC security group', []);
  const own = `sgr-${dice.hex(17)}`;
  standard.rules[own] = {
    id: own,
    egress: false,
    protocol: '-1',
    from: null,
    to: null,
    target: { kind: 'group', value: standard.id },
    description: null,
    tags: {},
  };
  if (region !== homeRegion || (parts.isManagement && !parts.isProduction)) return state;

  const web = group('web', 'The shop, from everywhere', [
    [443, ipv4('0.0.0.0/0'), 'customers'],
    [443, { kind: 'ipv6', value: '::/0' }, 'customers'],
  ]);
  web.tags['service'] = 'shop';
  group('database', 'The database, from the web servers', [[5432, { kind: 'group', value: web.id }, 'web servers']]);
  const bastion = group('bastion', 'Administration, from the office', [[22, ipv4('203.0.113.0/24'), 'office']]);
  if (parts.isNeglected) {
    // Together these two are 0.0.0.0/0, and no rule says so.
    group('build-agents', 'Build agents', [
      [22, ipv4('0.0.0.0/1'), 'agents'],
      [22, ipv4('128.0.0.0/1'), 'agents'],
    ]);
    group('remote-desktop', 'Support', [[3389, { kind: 'ipv6', value: '::/0' }, null]]);
  }
  const profile = account.instanceProfiles['web-server'];
  for (const [name, groups, address] of [
    ['shop-1', [web], '198.51.100.11'],
    ['shop-2', [web], '198.51.100.12'],
    ['bastion', [bastion], '198.51.100.20'],
  ] as const) {
    addInstance(account, dice, state, {
      name,
      vpc,
      subnet,
      region,
      groups,
      address,
      launched: start - (5 + dice.int(40)) * day,
      profile: name.startsWith('shop') && profile !== undefined ? { Arn: profile.arn, Id: profile.id } : null,
      tokens: parts.isNeglected ? 'optional' : 'required',
    });
  }
  return state;
}

interface NewInstance {
  readonly name: string;
  readonly vpc: string;
  readonly subnet: string;
  readonly region: string;
  readonly groups: readonly SecurityGroupState[];
  readonly address: string;
  readonly launched: number;
  readonly profile: JsonObject | null;
  readonly tokens: 'optional' | 'required';
}

function addInstance(account: AccountState, dice: Dice, state: RegionState, wanted: NewInstance): void {
  const instance = `i-${dice.hex(17)}`;
  const networkInterface = `eni-${dice.hex(17)}`;
  const volume = `vol-${dice.hex(17)}`;
  const privateAddress = `10.0.${dice.int(250)}.${10 + dice.int(200)}`;
  const groups = wanted.groups.map((group) => ({ GroupId: group.id, GroupName: group.name }));
  const launched = new Date(wanted.launched).toISOString();
  state.networkInterfaces[networkInterface] = {
    NetworkInterfaceId: networkInterface,
    VpcId: wanted.vpc,
    SubnetId: wanted.subnet,
    OwnerId: account.id,
    Status: 'in-use',
    InterfaceType: 'interface',
    PrivateIpAddress: privateAddress,
    Association: { PublicIp: wanted.address, IpOwnerId: 'amazon' },
    Attachment: {
      AttachmentId: `eni-attach-${dice.hex(17)}`,
      InstanceId: instance,
      DeviceIndex: 0,
      Status: 'attached',
      DeleteOnTermination: true,
    },
    Groups: groups,
    Tags: [],
  };
  state.instances[instance] = {
    InstanceId: instance,
    ImageId: `ami-${dice.hex(17)}`,
    InstanceType: 't3.medium',
    State: { Code: 16, Name: 'running' },
    LaunchTime: launched,
    PrivateIpAddress: privateAddress,
    PublicIpAddress: wanted.address,
    VpcId: wanted.vpc,
    SubnetId: wanted.subnet,
    Placement: { AvailabilityZone: `${wanted.region}a`, Tenancy: 'default' },
    SecurityGroups: groups,
    ...(wanted.profile === null ? {} : { IamInstanceProfile: wanted.profile }),
    MetadataOptions: { State: 'applied', HttpTokens: wanted.tokens, HttpPutResponseHopLimit: 2, HttpEndpoint: 'enabled' },
    NetworkInterfaces: [{ NetworkInterfaceId: networkInterface, PrivateIpAddress: privateAddress, Groups: groups }],
    BlockDeviceMappings: [
      { DeviceName: '/dev/xvda', Ebs: { VolumeId: volume, Status: 'attached', DeleteOnTermination: true, AttachTime: launched } },
    ],
    Tags: [{ Key: 'Name', Value: wanted.name }],
  };
  const snapshot = `snap-${dice.hex(17)}`;
  state.snapshots[snapshot] = {
    SnapshotId: snapshot,
    VolumeId: volume,
    OwnerId: account.id,
    State: 'completed',
    Encrypted: wanted.tokens === 'required',
    VolumeSize: 30,
    StartTime: launched,
    Description: `nightly ${wanted.name}`,
    Tags: [],
  };
}

function addTrails(account: AccountState, start: number, parts: Parts): void {
  const add = (name: string, more: Pick<TrailState, 'organisation' | 'logFileValidation' | 'logging'>, dataBuckets: readonly string[]) => {
    const arn = `arn:aws:cloudtrail:${homeRegion}:${account.id}:trail/${name}`;
    account.trails[arn] = {
      arn,
      name,
      homeRegion,
      bucket: `example-trail-logs-${account.id}`,
      multiRegion: true,
      globalEvents: true,
      kmsKeyId: null,
      startedAt: start - 600 * day,
      stoppedAt: more.logging ? null : start - 100 * day,
      deliveredAt: more.logging ? start - 240_000 : start - 100 * day,
      selectors: { management: true, readWrite: 'All', dataBuckets },
      ...more,
    };
  };
  if (parts.isManagement) add('organization-trail', { organisation: true, logFileValidation: true, logging: true }, []);
  if (parts.isProduction) {
    add('production-trail', { organisation: false, logFileValidation: true, logging: true }, [`example-customer-data-${account.id}`]);
  }
  if (parts.isNeglected) add('old-trail', { organisation: false, logFileValidation: false, logging: false }, []);
}

function ipv4(value: string): RuleTarget {
  return { kind: 'ipv4', value };
}

function serviceTrust(service: string): string {
  return policy([{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }]);
}

function policy(statements: readonly JsonObject[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}
