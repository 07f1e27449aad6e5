/** `arn:partition:service:region:account:resource`; the resource keeps its own colons and slashes. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** Null for what is not an ARN. */
export function parseArn(text: string): Arn | null {
  const parts = text.split(':');
  if (parts.length < 6 || parts[0] !== 'arn') return null;
  const [, partition = '', service = '', region = '', account = ''] = parts;
  return { partition, service, region, account, resource: parts.slice(5).join(':') };
}

/** The partition that a Region belongs to; https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  if (region.startsWith('us-iso-')) return 'aws-iso';
  if (region.startsWith('us-isob-')) return 'aws-iso-b';
  if (region.startsWith('eusc-')) return 'aws-eusc';
  return 'aws';
}

/**
 * How the resource part of an ARN is made of a name, by CloudFormation type; null in `region` or `account` when the
 * ARN leaves that field empty. Source: the service authorization reference.
 */
const shapes: {
  readonly [type: string]: { readonly service: string; readonly prefix: string; readonly global?: true; readonly anyAccount?: true };
} = {
  'AWS::IAM::User': { service: 'iam', prefix: 'user/', global: true },
  'AWS::IAM::Role': { service: 'iam', prefix: 'role/', global: true },
  'AWS::IAM::Group': { service: 'iam', prefix: 'group/', global: true },
  'AWS::IAM::ManagedPolicy': { service: 'iam', prefix: 'policy/', global: true },
  'AWS::IAM::InstanceProfile': { service: 'iam', prefix: 'instance-profile/', global: true },
  'AWS::IAM::SAMLProvider': { service: 'iam', prefix: 'saml-provider/', global: true },
  'AWS::S3::Bucket': { service: 's3', prefix: '', global: true, anyAccount: true },
  'AWS::EC2::SecurityGroup': { service: 'ec2', prefix: 'security-group/' },
  'AWS::EC2::Instance': { service: 'ec2', prefix: 'instance/' },
  'AWS::EC2::Snapshot': { service: 'ec2', prefix: 'snapshot/' },
  'AWS::EC2::Image': { service: 'ec2', prefix: 'image/' },
  'AWS::EC2::Volume': { service: 'ec2', prefix: 'volume/' },
  'AWS::EC2::NetworkInterface': { service: 'ec2', prefix: 'network-interface/' },
  'AWS::EC2::TransitGatewayAttachment': { service: 'ec2', prefix: 'transit-gateway-attachment/' },
  'AWS::EC2::VPC': { service: 'ec2', prefix: 'vpc/' },
  'AWS::EC2::FlowLog': { service: 'ec2', prefix: 'vpc-flow-log/' },
  'AWS::CloudTrail::Trail': { service: 'cloudtrail', prefix: 'trail/' },
  'AWS::Lambda::Function': { service: 'lambda', prefix: 'function:' },
  'AWS::Lambda::LayerVersion': { service: 'lambda', prefix: 'layer:' },
  'AWS::RDS::DBInstance': { service: 'rds', prefix: 'db:' },
  'AWS::RDS::DBSnapshot': { service: 'rds', prefix: 'snapshot:' },
  'AWS::SecretsManager::Secret': { service: 'secretsmanager', prefix: 'secret:' },
  'AWS::SSM::Parameter': { service: 'ssm', prefix: 'parameter/' },
  'AWS::KMS::Key': { service: 'kms', prefix: 'key/' },
  'AWS::Backup::BackupVault': { service: 'backup', prefix: 'backup-vault:' },
  'AWS::DynamoDB::Table': { service: 'dynamodb', prefix: 'table/' },
  'AWS::EC2::NetworkAcl': { service: 'ec2', prefix: 'network-acl/' },
  'AWS::EC2::PrefixList': { service: 'ec2', prefix: 'prefix-list/' },
  'AWS::EC2::VPCPeeringConnection': { service: 'ec2', prefix: 'vpc-peering-connection/' },
  'AWS::ECR::Repository': { service: 'ecr', prefix: 'repository/' },
  'AWS::ECS::TaskDefinition': { service: 'ecs', prefix: 'task-definition/' },
  'AWS::EKS::Cluster': { service: 'eks', prefix: 'cluster/' },
  'AWS::Redshift::Cluster': { service: 'redshift', prefix: 'cluster:' },
  'AWS::SSM::Document': { service: 'ssm', prefix: 'document/' },
  'AWS::GuardDuty::Detector': { service: 'guardduty', prefix: 'detector/' },
};

/** The ARN of a resource that a log names only by its name; the name itself where it is an ARN, or the type is unknown. */
export function arnOf(type: string, name: string, account: string, region: string): string {
  if (name.startsWith('arn:')) return name;
  const shape = shapes[type];
  if (shape === undefined) return name;
  const path = name.startsWith('/') && shape.prefix.endsWith('/') ? name.slice(1) : name;
  return `arn:${partitionOf(region)}:${shape.service}:${shape.global ? '' : region}:${shape.anyAccount ? '' : account}:${shape.prefix}${path}`;
}
