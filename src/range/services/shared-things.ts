import type { JsonObject } from '../../core/model/json.ts';
import { fault, type OperationContext, type OperationTable, objects, optionalText, text, texts } from '../operation.ts';
import { arnIn, gets, type Kind, makes, named, sets, settings, without } from '../settings.ts';

/** Secrets: their ARNs end with six characters that nobody chooses. */
const secret: Kind = {
  service: 'secretsmanager',
  kind: 'secret',
  id: (context) =>
    (optionalText(context, 'SecretId') ?? optionalText(context, 'Name'))?.replace(/^arn:.*:secret:/, '').replace(/-[A-Za-z0-9]{6}$/, '') ??
    null,
  arn: arnIn('secretsmanager', (id) => `secret:${id}-AbCdEf`),
  missing: 'ResourceNotFoundException',
};
const secrets = settings(secret, {
  CreateSecret: makes(({ input }) => without(input, 'SecretString')),
  GetResourcePolicy: gets((item) =>
    item['ResourcePolicy'] === undefined
      ? { Name: item['Name'] ?? '' }
      : { Name: item['Name'] ?? '', ResourcePolicy: item['ResourcePolicy'] },
  ),
  PutResourcePolicy: sets((item, context) => ({ ...item, ResourcePolicy: text(context, 'ResourcePolicy') })),
  DeleteResourcePolicy: sets((item) => without(item, 'ResourcePolicy')),
});

/** Layers of Lambda: one policy a version, of statements that are added and removed one by one. */
const layer: Kind = {
  service: 'lambda',
  kind: 'layer',
  id: (context) => {
    const name = named('LayerName')(context);
    return name === null ? null : `${name}:${String(context.input['VersionNumber'] ?? 1)}`;
  },
  arn: arnIn('lambda', (id) => `layer:${id}`),
  missing: 'ResourceNotFoundException',
};
const layers = settings(layer, {
  PublishLayerVersion: makes(() => ({ statements: [] })),
  GetLayerVersionPolicy: gets(({ statements }, context) => {
    if (objects(statements).length === 0) throw fault(context, 'ResourceNotFoundException', 'No policy is associated with the layer.');
    return { Policy: JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements }) };
  }),
  AddLayerVersionPermission: sets((item, context) => {
    const principal = text(context, 'Principal');
    const Sid = text(context, 'StatementId');
    if (objects(item['statements']).some((one) => one['Sid'] === Sid))
      throw fault(context, 'ResourceConflictException', `The statement id (${Sid}) exists.`);
    const statement: JsonObject = {
      Sid,
      Effect: 'Allow',
      Principal: principal === '*' ? '*' : { AWS: `arn:aws:iam::${principal}:root` },
      Action: text(context, 'Action'),
      Resource: layer.arn(context, layer.id(context) ?? ''),
    };
    return { ...item, statements: [...objects(item['statements']), statement] };
  }),
  RemoveLayerVersionPermission: sets((item, context) => {
    const Sid = text(context, 'StatementId');
    if (!objects(item['statements']).some((one) => one['Sid'] === Sid))
      throw fault(context, 'ResourceNotFoundException', `No statement ${Sid}.`);
    return { ...item, statements: objects(item['statements']).filter((one) => one['Sid'] !== Sid) };
  }),
});

const documents = settings(
  { service: 'ssm', kind: 'document', id: named('Name'), arn: arnIn('ssm', (id) => `document/${id}`), missing: 'InvalidDocumentNotFound' },
  {
    CreateDocument: makes(({ input }) => ({ ...input, AccountIds: [] })),
    DescribeDocumentPermission: gets((item) => ({ AccountIds: item['AccountIds'] ?? [] })),
    ModifyDocumentPermission: sets((item, context) => {
      const gone = texts(context, 'AccountIdsToRemove');
      const before = (item['AccountIds'] ?? []) as readonly string[];
      return {
        ...item,
        AccountIds: [...new Set([...before, ...texts(context, 'AccountIdsToAdd')])].filter((one) => !gone.includes(one)).sort(),
      };
    }),
  },
);

const projects = settings(
  {
    service: 'codebuild',
    kind: 'project',
    id: (context) => named('name', 'projectArn')(context) ?? texts(context, 'names')[0] ?? null,
    arn: arnIn('codebuild', (id) => `project/${id}`),
    missing: 'ResourceNotFoundException',
  },
  {
    CreateProject: makes(({ input }) => ({ ...input, projectVisibility: 'PRIVATE' })),
    BatchGetProjects: gets((item) => ({ projects: [item] })),
    UpdateProjectVisibility: sets((item, { input }) => ({ ...without(item, 'resourceAccessRole'), ...without(input, 'projectArn') })),
  },
);

/** Text messages: settings of the account in a Region. */
const texting = settings(
  {
    service: 'sns',
    kind: 'sms',
    id: () => 'account',
    arn: () => '*',
    missing: 'NotFoundException',
    initial: () => ({ MonthlySpendLimit: '1' }),
  },
  {
    GetSMSAttributes: gets((item) => ({ attributes: item })),
    SetSMSAttributes: sets((item, { input }) => ({ ...item, ...(input['attributes'] as JsonObject) })),
  },
);

/** Scaling groups: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/Welcome.html */
const group: Kind = {
  service: 'autoscaling',
  kind: 'group',
  id: (context) => named('AutoScalingGroupName')(context) ?? texts(context, 'AutoScalingGroupNames')[0] ?? null,
  arn: (context, id) =>
    arnIn('autoscaling', () => `autoScalingGroup:6b0c9dc1-8e4d-4a8a-b2f2-7a3a51d1e0aa:autoScalingGroupName/${id}`)(context, id),
  missing: 'ValidationError',
};
const inState = (context: { readonly input: JsonObject }, item: JsonObject, state: string): JsonObject => {
  const ids = (context.input['InstanceIds'] ?? []) as readonly string[];
  return {
    ...item,
    Instances: objects(item['Instances']).map((one) => (ids.includes(String(one['InstanceId'])) ? { ...one, LifecycleState: state } : one)),
  };
};
const scaling: OperationTable = settings(group, {
  CreateAutoScalingGroup: makes(({ input }) => ({ Instances: [], SuspendedProcesses: [], ...input })),
  DescribeAutoScalingGroups: {
    reads: true,
    needs: false,
    on: () => ['*'],
    run: (items, id) => ({ AutoScalingGroups: id === null ? items.all() : [items.get(id)].filter((one) => one !== null) }),
  },
  DescribeAutoScalingInstances: {
    reads: true,
    needs: false,
    on: () => ['*'],
    run: (items, _, context) => ({
      AutoScalingInstances: items.all().flatMap((item) =>
        objects(item['Instances'])
          .filter((one) => texts(context, 'InstanceIds').includes(String(one['InstanceId'])))
          .map((one) => ({ ...one, AutoScalingGroupName: item['AutoScalingGroupName'] ?? '' })),
      ),
    }),
  },
  EnterStandby: sets((item, context) => inState(context, item, 'Standby')),
  ExitStandby: sets((item, context) => inState(context, item, 'InService')),
  SuspendProcesses: sets((item, context) => ({
    ...item,
    SuspendedProcesses: texts(context, 'ScalingProcesses').map((ProcessName) => ({ ProcessName })),
  })),
  ResumeProcesses: sets((item, context) => ({
    ...item,
    SuspendedProcesses: objects(item['SuspendedProcesses']).filter(
      (one) => !texts(context, 'ScalingProcesses').includes(String(one['ProcessName'])),
    ),
  })),
});

/** Names of attributes are values, not names of the request: they keep their case. */
const attributes = Object.fromEntries(
  Object.entries(texting).map(([action, operation]) => [action, { ...operation, request: ({ input }: OperationContext) => input }]),
);

export const sharedThings: OperationTable = { ...secrets, ...layers, ...documents, ...projects, ...attributes, ...scaling };
