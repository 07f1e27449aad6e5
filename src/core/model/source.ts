/** A kind of log: what Sigma calls it, and how its rules are found quickly. */
export interface SourceKind {
  /** What people call it. */
  readonly name: string;
  /** Sigma logsources that ask this log; a rule's `logsource` fits where each key that it names is here with that value. */
  readonly logsources: readonly Logsource[];
  /** Two fields that tell most events apart: rules are specialised once for each pair of their values. */
  readonly index: readonly [string, string];
}

export interface Logsource {
  readonly product?: string;
  readonly service?: string;
  readonly category?: string;
  /** Fields of a Sigma category by the record's own names: a rule may use either. */
  readonly fields?: { readonly [sigma: string]: string };
}

/** Sigma's `webserver` category has the names of W3C's extended log format; each parser of a web log gives its record these members too. */
const webserver: Logsource = { category: 'webserver' };

/**
 * Every log that can be read. Rules address a source's own field names; sources that Sigma knows by a category may be
 * asked by the category's names, too.
 */
export const sourceKinds = {
  'aws.cloudtrail': {
    name: 'CloudTrail',
    logsources: [{ product: 'aws', service: 'cloudtrail' }],
    index: ['eventSource', 'eventName'],
  },
  'aws.vpc-flow': {
    name: 'VPC flow logs',
    logsources: [
      { product: 'aws', service: 'vpcflow' },
      { category: 'firewall', fields: { src_ip: 'srcaddr', dst_ip: 'dstaddr', src_port: 'srcport', dst_port: 'dstport' } },
    ],
    // Ports are too many: half of all flows go to one that the caller was given for this once.
    index: ['action', 'protocol'],
  },
  'aws.route53-resolver': {
    name: 'Route 53 Resolver query logs',
    logsources: [
      { product: 'aws', service: 'route53resolver' },
      { category: 'dns', fields: { record_type: 'query_type', answer: 'answers.Rdata' } },
    ],
    index: ['query_type', 'rcode'],
  },
  'aws.s3-access': {
    name: 'S3 server access logs',
    logsources: [{ product: 'aws', service: 's3access' }],
    index: ['operation', 'http_status'],
  },
  'aws.eks-audit': {
    name: 'EKS audit logs',
    logsources: [
      { product: 'aws', service: 'eks' },
      { product: 'kubernetes', service: 'audit', category: 'application' },
    ],
    index: ['verb', 'objectRef.resource'],
  },
  'aws.rds': {
    name: 'RDS and Aurora engine and audit logs',
    logsources: [{ product: 'aws', service: 'rds' }, { category: 'database' }],
    index: ['engine', 'event'],
  },
  'aws.alb': {
    name: 'Application Load Balancer',
    logsources: [{ product: 'aws', service: 'alb' }, webserver],
    index: ['cs-method', 'sc-status'],
  },
  'aws.nlb': { name: 'Network Load Balancer', logsources: [{ product: 'aws', service: 'nlb' }], index: ['type', 'tls_protocol_version'] },
  'aws.clb': {
    name: 'Classic Load Balancer',
    logsources: [{ product: 'aws', service: 'clb' }, webserver],
    index: ['cs-method', 'sc-status'],
  },
  'aws.cloudfront': {
    name: 'CloudFront',
    logsources: [{ product: 'aws', service: 'cloudfront' }, webserver],
    index: ['cs-method', 'sc-status'],
  },
  'aws.waf': { name: 'WAF', logsources: [{ product: 'aws', service: 'waf' }, webserver], index: ['action', 'cs-method'] },
  'aws.api-gateway': {
    name: 'API Gateway access logs',
    logsources: [{ product: 'aws', service: 'apigateway' }, webserver],
    index: ['cs-method', 'sc-status'],
  },
  'aws.cognito': {
    name: 'Cognito user activity',
    logsources: [{ product: 'aws', service: 'cognito' }],
    index: ['eventSource', 'eventType'],
  },
  'aws.guardduty': { name: 'GuardDuty findings', logsources: [{ product: 'aws', service: 'guardduty' }], index: ['type', 'region'] },
  'aws.security-hub': {
    name: 'Security Hub findings (ASFF and OCSF)',
    logsources: [{ product: 'aws', service: 'securityhub' }],
    index: ['ProductName', 'RecordState'],
  },
  'aws.inspector': { name: 'Inspector findings', logsources: [{ product: 'aws', service: 'inspector' }], index: ['type', 'status'] },
  'aws.macie': { name: 'Macie findings', logsources: [{ product: 'aws', service: 'macie' }], index: ['type', 'category'] },
  'aws.access-analyzer': {
    name: 'IAM Access Analyzer findings',
    logsources: [{ product: 'aws', service: 'accessanalyzer' }],
    index: ['detail-type', 'detail.resourceType'],
  },
  'aws.config': {
    name: 'Compliance changes of AWS Config',
    logsources: [{ product: 'aws', service: 'config' }],
    index: ['configRuleName', 'newEvaluationResult.complianceType'],
  },
  'aws.health': { name: 'AWS Health events', logsources: [{ product: 'aws', service: 'health' }], index: ['eventTypeCode', 'statusCode'] },
  ocsf: { name: 'OCSF events', logsources: [{ product: 'ocsf' }, webserver], index: ['class_uid', 'activity_id'] },
} as const satisfies { readonly [id: string]: SourceKind };

/** Which log an event comes from; rules address the source's own field names. */
export type Source = keyof typeof sourceKinds;

export const sources = Object.keys(sourceKinds) as readonly Source[];
