import { stopLaunching } from '../../../content/playbooks/aws/autoscaling/stop-launching.ts';
import { makeProjectPrivate } from '../../../content/playbooks/aws/codebuild/make-project-private.ts';
import { forbidTagOverwrite } from '../../../content/playbooks/aws/ecr/forbid-tag-overwrite.ts';
import { removeOutsiders as removeRepositoryOutsiders } from '../../../content/playbooks/aws/ecr/remove-outsiders.ts';
import { deregisterTaskDefinition } from '../../../content/playbooks/aws/ecs/deregister-task-definition.ts';
import { scaleServiceToZero } from '../../../content/playbooks/aws/ecs/scale-service-to-zero.ts';
import { removeAccessEntry } from '../../../content/playbooks/aws/eks/remove-access-entry.ts';
import { restrictEndpoint } from '../../../content/playbooks/aws/eks/restrict-endpoint.ts';
import { resumeAuditLog } from '../../../content/playbooks/aws/eks/resume-audit-log.ts';
import { unshareLayer } from '../../../content/playbooks/aws/lambda/unshare-layer.ts';
import { removeOutsiders as removeSecretOutsiders } from '../../../content/playbooks/aws/secretsmanager/remove-outsiders.ts';
import { lowerTextLimit } from '../../../content/playbooks/aws/sns/lower-text-limit.ts';
import { unshareDocument } from '../../../content/playbooks/aws/ssm/unshare-document.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { account, all, as, becomes, documents, nothingToUndo, part, policyFor, type Scenario, twoStates } from './scenario-under-test.ts';

const foreign = '999988887777';
const own = `arn:aws:iam::${account}:root`;
const stranger = `arn:aws:iam::${foreign}:root`;

const repository = { repositoryName: 'web' };
const secret = { SecretId: 'app/db' };
const layer = { LayerName: 'common', VersionNumber: 3 };
const cluster = { name: 'shop' };
const principal = { clusterName: 'shop', principalArn: `arn:aws:iam::${foreign}:role/ops` };
const policyArn = (name: string) => `arn:aws:eks::aws:cluster-access-policy/${name}`;
const vpcConfig = (publicAccessCidrs: readonly string[]) => ({
  endpointPublicAccess: true,
  endpointPrivateAccess: false,
  publicAccessCidrs,
});
const group = { AutoScalingGroupName: 'fleet' };

export const sharingScenarios: readonly Scenario[] = [
  {
    name: 'takes an outsider out of the policy of a repository',
    playbook: removeRepositoryOutsiders,
    prepare: as('root', 'ecr:CreateRepository', repository),
    attack: as('mallory', 'ecr:SetRepositoryPolicy', { ...repository, policyText: policyFor(own, stranger) }),
    rule: 'aws.ecr.repository-opened-to-foreign-account',
    view: part('ecr/repository', 'web', 'policyText'),
    meddle: as('root', 'ecr:SetRepositoryPolicy', { ...repository, policyText: policyFor(`arn:aws:iam::${account}:role/web-server`) }),
    does: ['ecr:SetRepositoryPolicy'],
    undoes: ['ecr:SetRepositoryPolicy'],
  },
  {
    name: 'lets nobody overwrite tags',
    playbook: forbidTagOverwrite,
    prepare: as('root', 'ecr:CreateRepository', { ...repository, imageTagMutability: 'IMMUTABLE' }),
    attack: as('mallory', 'ecr:PutImageTagMutability', { ...repository, imageTagMutability: 'MUTABLE' }),
    rule: 'aws.ecr.images-destroyed',
    view: part('ecr/repository', 'web', 'imageTagMutability', 'imageTagMutabilityExclusionFilters'),
    meddle: twoStates,
    does: ['ecr:PutImageTagMutability'],
    undoes: ['ecr:PutImageTagMutability'],
  },
  {
    name: 'lets nobody overwrite tags, and undo brings those back that were left out',
    playbook: forbidTagOverwrite,
    prepare: as('root', 'ecr:CreateRepository', { ...repository, imageTagMutability: 'IMMUTABLE' }),
    attack: as('mallory', 'ecr:PutImageTagMutability', {
      ...repository,
      imageTagMutability: 'MUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'release-*' }],
    }),
    rule: 'aws.ecr.images-destroyed',
    view: part('ecr/repository', 'web', 'imageTagMutability', 'imageTagMutabilityExclusionFilters'),
    meddle: twoStates,
    does: ['ecr:PutImageTagMutability'],
    undoes: ['ecr:PutImageTagMutability'],
  },
  {
    name: 'takes everybody out of the policy of a secret, which was nothing else',
    playbook: removeSecretOutsiders,
    prepare: as('root', 'secretsmanager:CreateSecret', { Name: 'app/db' }),
    attack: as('mallory', 'secretsmanager:PutResourcePolicy', { ...secret, ResourcePolicy: policyFor('*') }),
    rule: 'aws.secretsmanager.secret-opened-to-foreign-account',
    view: part('secretsmanager/secret', 'app/db', 'ResourcePolicy'),
    meddle: as('root', 'secretsmanager:PutResourcePolicy', { ...secret, ResourcePolicy: policyFor(own) }),
    does: ['secretsmanager:DeleteResourcePolicy'],
    undoes: ['secretsmanager:PutResourcePolicy'],
  },
  {
    name: 'takes back the sharing of a layer',
    playbook: unshareLayer,
    prepare: as('root', 'lambda:PublishLayerVersion', layer),
    attack: as('mallory', 'lambda:AddLayerVersionPermission', {
      ...layer,
      StatementId: 'out',
      Action: 'lambda:GetLayerVersion',
      Principal: foreign,
    }),
    rule: 'aws.lambda.layer-opened-to-foreign-account',
    view: part('lambda/layer', 'common:3', 'statements'),
    meddle: as('root', 'lambda:AddLayerVersionPermission', {
      ...layer,
      StatementId: 'out',
      Action: 'lambda:GetLayerVersion',
      Principal: account,
    }),
    does: ['lambda:RemoveLayerVersionPermission'],
    undoes: ['lambda:RemoveLayerVersionPermission', 'lambda:AddLayerVersionPermission'],
  },
  {
    name: 'takes back the sharing of a document',
    playbook: unshareDocument,
    prepare: as('root', 'ssm:CreateDocument', { Name: 'repair' }),
    attack: as('mallory', 'ssm:ModifyDocumentPermission', { Name: 'repair', PermissionType: 'Share', AccountIdsToAdd: [foreign] }),
    rule: 'aws.ssm.document-shared',
    view: part('ssm/document', 'repair', 'AccountIds'),
    meddle: twoStates,
    does: ['ssm:ModifyDocumentPermission'],
    undoes: ['ssm:ModifyDocumentPermission'],
  },
  {
    name: 'hides the builds of a project',
    playbook: makeProjectPrivate,
    prepare: as('root', 'codebuild:CreateProject', { name: 'web' }),
    attack: as('mallory', 'codebuild:UpdateProjectVisibility', {
      projectArn: `arn:aws:codebuild:us-east-1:${account}:project/web`,
      projectVisibility: 'PUBLIC_READ',
      resourceAccessRole: `arn:aws:iam::${account}:role/logs`,
    }),
    rule: 'aws.codebuild.project-made-public',
    view: part('codebuild/project', 'web', 'projectVisibility', 'resourceAccessRole'),
    meddle: twoStates,
    does: ['codebuild:UpdateProjectVisibility'],
    undoes: ['codebuild:UpdateProjectVisibility'],
  },
  {
    name: 'lowers what text messages may cost',
    playbook: lowerTextLimit,
    attack: as('mallory', 'sns:SetSMSAttributes', { attributes: { MonthlySpendLimit: '500' } }),
    rule: 'aws.sns.text-message-limit-changed',
    view: part('sns/sms', 'account', 'MonthlySpendLimit'),
    meddle: as('root', 'sns:SetSMSAttributes', { attributes: { MonthlySpendLimit: '20' } }),
    does: ['sns:SetSMSAttributes'],
    undoes: ['sns:SetSMSAttributes'],
  },
  {
    name: 'lets a scaling group start no more machines',
    playbook: stopLaunching,
    attack: as('mallory', 'autoscaling:CreateAutoScalingGroup', { ...group, MinSize: 100, MaxSize: 400 }),
    rule: 'aws.autoscaling.large-group-made',
    view: part('autoscaling/group', 'fleet', 'SuspendedProcesses'),
    meddle: twoStates,
    does: ['autoscaling:SuspendProcesses'],
    undoes: ['autoscaling:ResumeProcesses'],
  },
  {
    name: 'closes the endpoint of a cluster that named nobody else',
    playbook: restrictEndpoint,
    prepare: as('root', 'eks:CreateCluster', { ...cluster, resourcesVpcConfig: vpcConfig(['203.0.113.0/24']) }),
    attack: as('mallory', 'eks:UpdateClusterConfig', { ...cluster, resourcesVpcConfig: { publicAccessCidrs: ['0.0.0.0/0'] } }),
    rule: 'aws.eks.control-plane-opened-to-world',
    view: part('eks/cluster', 'shop', 'resourcesVpcConfig'),
    meddle: as('root', 'eks:UpdateClusterConfig', { ...cluster, resourcesVpcConfig: vpcConfig(['192.0.2.0/24']) }),
    does: ['eks:UpdateClusterConfig'],
    undoes: ['eks:UpdateClusterConfig'],
    refused: { when: becomes('eks/cluster', 'shop', () => ({ status: 'UPDATING' })), says: /is being changed/ },
  },
  {
    name: 'narrows the endpoint of a cluster to who was named',
    playbook: restrictEndpoint,
    prepare: as('root', 'eks:CreateCluster', { ...cluster, resourcesVpcConfig: vpcConfig(['203.0.113.0/24']) }),
    attack: as('mallory', 'eks:UpdateClusterConfig', {
      ...cluster,
      resourcesVpcConfig: { publicAccessCidrs: ['203.0.113.0/24', '0.0.0.0/0'] },
    }),
    rule: 'aws.eks.control-plane-opened-to-world',
    view: part('eks/cluster', 'shop', 'resourcesVpcConfig'),
    meddle: as('root', 'eks:UpdateClusterConfig', { ...cluster, resourcesVpcConfig: vpcConfig(['192.0.2.0/24']) }),
    does: ['eks:UpdateClusterConfig'],
    undoes: ['eks:UpdateClusterConfig'],
  },
  {
    name: 'logs what is done in a cluster again',
    playbook: resumeAuditLog,
    prepare: as('root', 'eks:CreateCluster', {
      ...cluster,
      logging: { clusterLogging: [{ types: ['api', 'audit', 'scheduler'], enabled: true }] },
    }),
    attack: as('mallory', 'eks:UpdateClusterConfig', { ...cluster, logging: { clusterLogging: [{ types: ['audit'], enabled: false }] } }),
    rule: 'aws.eks.audit-log-stopped',
    view: part('eks/cluster', 'shop', 'logging'),
    meddle: as('root', 'eks:UpdateClusterConfig', {
      ...cluster,
      logging: { clusterLogging: [{ types: ['api', 'audit', 'authenticator'], enabled: false }] },
    }),
    does: ['eks:UpdateClusterConfig'],
    undoes: ['eks:UpdateClusterConfig'],
  },
  {
    name: 'takes a principal with two policies out of a cluster',
    playbook: removeAccessEntry,
    prepare: as('root', 'eks:CreateCluster', cluster),
    attack: all(
      as('mallory', 'eks:CreateAccessEntry', { ...principal, kubernetesGroups: ['ops'] }),
      as('mallory', 'eks:AssociateAccessPolicy', {
        ...principal,
        policyArn: policyArn('AmazonEKSAdminPolicy'),
        accessScope: { type: 'cluster' },
      }),
      as('mallory', 'eks:AssociateAccessPolicy', {
        ...principal,
        policyArn: policyArn('AmazonEKSViewPolicy'),
        accessScope: { type: 'cluster' },
      }),
    ),
    rule: 'aws.eks.access-given-to-foreign-account',
    view: (organisation) => {
      const entry = documents(organisation, 'eks/access-entry/us-east-1')[`shop ${principal.principalArn}`];
      const policies = [...((entry?.['policies'] ?? []) as readonly JsonObject[])].map(({ policyArn }) => String(policyArn)).sort();
      return entry === undefined ? null : [entry['kubernetesGroups'] ?? null, entry['username'] ?? null, policies];
    },
    meddle: as('root', 'eks:CreateAccessEntry', { ...principal, kubernetesGroups: ['readers'] }),
    does: ['eks:DisassociateAccessPolicy', 'eks:DisassociateAccessPolicy', 'eks:DeleteAccessEntry'],
    undoes: ['eks:CreateAccessEntry', 'eks:AssociateAccessPolicy', 'eks:AssociateAccessPolicy'],
    refused: {
      when: all(
        ...['AmazonEKSEditPolicy', 'AmazonEKSAdminViewPolicy'].map((name) =>
          as('root', 'eks:AssociateAccessPolicy', { ...principal, policyArn: policyArn(name), accessScope: { type: 'cluster' } }),
        ),
      ),
      says: /more than 3 access policies/,
    },
  },
  {
    name: 'lets a service of containers run down',
    playbook: scaleServiceToZero,
    attack: as('mallory', 'ecs:CreateService', { cluster: 'work', serviceName: 'miner', desiredCount: 50 }),
    rule: 'aws.ecs.many-tasks-started',
    view: part('ecs/service', 'work/miner', 'desiredCount'),
    meddle: as('root', 'ecs:UpdateService', { cluster: 'work', service: 'miner', desiredCount: 2 }),
    does: ['ecs:UpdateService'],
    undoes: ['ecs:UpdateService'],
    refused: {
      when: as('root', 'ecs:CreateService', { cluster: 'work', serviceName: 'miner', schedulingStrategy: 'DAEMON' }),
      says: /runs one task on each machine/,
    },
  },
  {
    name: 'deregisters the definition of a miner',
    playbook: deregisterTaskDefinition,
    attack: as('mallory', 'ecs:RegisterTaskDefinition', {
      family: 'web',
      containerDefinitions: [{ name: 'web', image: 'example/xmrig:latest' }],
    }),
    rule: 'aws.ecs.mining-image-registered',
    view: part('ecs/task-definition', 'web:1', 'status'),
    meddle: nothingToUndo,
    does: ['ecs:DeregisterTaskDefinition'],
    undoes: [],
  },
];
