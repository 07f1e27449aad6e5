import type { JsonObject } from '../../core/model/json.ts';
import { fault, type OperationContext, type OperationTable, objects, text, texts } from '../operation.ts';
import { arnIn, gets, type Kind, makes, named, removes, sets, settings, without } from '../settings.ts';

/** ECR: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/Welcome.html */
const ecr = settings(
  {
    service: 'ecr',
    kind: 'repository',
    id: (context) => named('repositoryName')(context) ?? texts(context, 'repositoryNames')[0] ?? null,
    arn: arnIn('ecr', (id) => `repository/${id}`),
    missing: 'RepositoryNotFoundException',
  },
  {
    CreateRepository: makes(({ input }) => ({ imageTagMutability: 'MUTABLE', ...input })),
    DescribeRepositories: gets((item) => ({ repositories: [without(item, 'policyText')] })),
    PutImageTagMutability: sets((item, context) => {
      const filters = 'imageTagMutabilityExclusionFilters';
      if (/EXCLUSION$/.test(text(context, 'imageTagMutability')) !== (context.input[filters] !== undefined))
        throw fault(context, 'InvalidParameterException', 'Filters go with a mutability that has exclusions, and with no other.');
      return { ...without(item, filters), ...context.input };
    }),
    GetRepositoryPolicy: gets((item, context) => {
      if (item['policyText'] === undefined) throw fault(context, 'RepositoryPolicyNotFoundException', 'The repository has no policy.');
      return { policyText: item['policyText'] };
    }),
    SetRepositoryPolicy: sets(),
    DeleteRepositoryPolicy: sets((item) => without(item, 'policyText')),
  },
);

/** EKS: https://docs.aws.amazon.com/eks/latest/APIReference/Welcome.html. Updates, which take minutes, are done at once here. */
const eksCluster: Kind = {
  service: 'eks',
  kind: 'cluster',
  id: named('name'),
  arn: arnIn('eks', (id) => `cluster/${id}`),
  missing: 'ResourceNotFoundException',
};
const entry: Kind = {
  ...eksCluster,
  kind: 'access-entry',
  id: (context) => {
    const principal = context.input['principalArn'];
    return typeof principal === 'string' ? `${text(context, 'clusterName')} ${principal}` : null;
  },
  arn: (context, id) => arnIn('eks', () => `access-entry/${id.split(' ')[0]}/${id.split('/').at(-1)}/0`)(context, id),
};
const eks: OperationTable = {
  ...settings(eksCluster, {
    CreateCluster: makes(({ input }) => ({ logging: { clusterLogging: [] }, ...input, status: 'ACTIVE' })),
    DescribeCluster: gets((cluster) => ({ cluster })),
    UpdateClusterConfig: sets((item, { input }) => {
      const vpc = (input['resourcesVpcConfig'] ?? {}) as { readonly [name: string]: string };
      const logging = input['logging'] as
        | { readonly clusterLogging?: readonly { readonly types: readonly string[]; readonly enabled: boolean }[] }
        | undefined;
      const before = objects((item['logging'] as { readonly [name: string]: [] })['clusterLogging']).flatMap(({ types, enabled }) =>
        enabled === true ? ((types ?? []) as readonly string[]) : [],
      );
      const asked = logging?.clusterLogging ?? [];
      const off = asked.flatMap(({ types, enabled }) => (enabled ? [] : types));
      const on = [...new Set([...before, ...asked.flatMap(({ types, enabled }) => (enabled ? types : []))])]
        .filter((type) => !off.includes(type))
        .sort();
      return {
        ...item,
        resourcesVpcConfig: { ...(item['resourcesVpcConfig'] as object), ...vpc },
        logging: { clusterLogging: [{ types: on, enabled: true }] },
      };
    }),
  }),
  ...settings(entry, {
    CreateAccessEntry: makes(({ input }) => ({
      kubernetesGroups: [],
      type: 'STANDARD',
      username: String(input['principalArn']),
      tags: {},
      ...input,
      policies: [],
    })),
    DescribeAccessEntry: gets((item) => ({ accessEntry: without(item, 'policies') })),
    DeleteAccessEntry: removes(),
    ListAssociatedAccessPolicies: gets((item) => ({ associatedAccessPolicies: item['policies'] ?? [] })),
    AssociateAccessPolicy: sets((item, { input }) => ({
      ...item,
      policies: [
        ...objects(item['policies']).filter(({ policyArn }) => policyArn !== input['policyArn']),
        { policyArn: input['policyArn'] ?? '', accessScope: input['accessScope'] ?? {} },
      ],
    })),
    DisassociateAccessPolicy: sets((item, { input }) => ({
      ...item,
      policies: objects(item['policies']).filter(({ policyArn }) => policyArn !== input['policyArn']),
    })),
  }),
};

/** ECS: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/Welcome.html */
const service: Kind = {
  service: 'ecs',
  kind: 'service',
  id: (context) => {
    const name = named('serviceName', 'service')(context) ?? texts(context, 'services')[0];
    return name === undefined ? null : `${named('cluster')(context) ?? 'default'}/${name}`;
  },
  arn: arnIn('ecs', (id) => `service/${id}`),
  missing: 'ServiceNotFoundException',
};
const ecs: OperationTable = {
  ...settings(service, {
    CreateService: makes(
      (context, id) => ({ schedulingStrategy: 'REPLICA', ...context.input, serviceArn: service.arn(context, id), status: 'ACTIVE' }),
      (item) => ({ service: item }),
    ),
    DescribeServices: gets((item) => ({ services: [item] })),
    UpdateService: sets((item, { input }) => ({
      ...item,
      ...(input['desiredCount'] === undefined ? {} : { desiredCount: input['desiredCount'] }),
    })),
  }),
  ...settings(
    {
      ...service,
      kind: 'task-definition',
      id: named('taskDefinition', 'family'),
      arn: arnIn('ecs', (id) => `task-definition/${id}`),
      missing: 'ClientException',
    },
    {
      RegisterTaskDefinition: {
        reads: false,
        needs: false,
        run: (items, family, context) => {
          const id = `${family}:1`;
          const item = { ...context.input, status: 'ACTIVE', taskDefinitionArn: arnIn('ecs', () => `task-definition/${id}`)(context, id) };
          items.set(id, item);
          return { taskDefinition: item };
        },
        on: () => ['*'],
      },
      DescribeTaskDefinition: { ...gets((item) => ({ taskDefinition: item })), on: () => ['*'] },
      DeregisterTaskDefinition: { ...sets((item) => ({ ...item, status: 'INACTIVE' })), on: () => ['*'] },
    },
  ),
};

/** CloudTrail names the cluster of an entry as the address of the call does. */
const entries = Object.fromEntries(
  Object.entries(eks).map(([action, operation]) => [
    action,
    {
      ...operation,
      request: ({ input: { clusterName, ...rest } }: OperationContext): JsonObject => ({
        ...(clusterName === undefined ? {} : { name: clusterName }),
        ...rest,
      }),
    },
  ]),
);

export const containers: OperationTable = { ...ecr, ...entries, ...ecs };
