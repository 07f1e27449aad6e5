import type { Source } from './source.ts';

/**
 * A log that AWS can write: what it would show, what it needs, and how AWS charges for it. Prices differ by Region and
 * change, so the unit is told and not the sum; `source` says where AWS tells the price, `asOf` when the unit was read.
 */
export interface LogSource {
  readonly id: string;
  readonly name: string;
  /** The logs that it comes as, by the ids of `model/source.ts`. */
  readonly logs: readonly Source[];
  /** What attacks become visible with it, in one sentence. */
  readonly shows: string;
  /** The unit that AWS bills, in one sentence. */
  readonly cost: string;
  readonly source: string;
  readonly asOf: string;
  /** What has to be there before it is written. */
  readonly needs: string;
  /** Commands that turn it on; words in capitals are for the reader to fill in. */
  readonly enable: readonly string[];
  /** From the event to the log. */
  readonly delay: string;
  /** What nobody sees without it. */
  readonly blind: string;
}

const asOf = '2026-11-22';

/** What detection in an account needs. */
export const logSources = [
  {
    id: 'cloudtrail.management',
    name: 'CloudTrail management events',
    logs: ['aws.cloudtrail'],
    shows: 'Who changed what in the account: keys, roles, policies, trails, security groups.',
    cost: 'The first copy in each Region is free; further copies are billed per event; S3 storage per GB-month.',
    source: 'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-manage-costs.html',
    asOf,
    needs: 'A trail for the organization, in all Regions, with validation of its files.',
    enable: [
      'aws cloudtrail create-trail --name organization --s3-bucket-name BUCKET --is-multi-region-trail --is-organization-trail --enable-log-file-validation',
      'aws cloudtrail start-logging --name organization',
    ],
    delay: 'About 5 minutes; seconds by EventBridge, without calls that only read.',
    blind: 'Everything that rules below content/rules/aws find about accounts, roles, keys and settings.',
  },
  {
    id: 'cloudtrail.data.s3',
    name: 'CloudTrail data events for S3',
    logs: ['aws.cloudtrail'],
    shows: 'Which objects were read, overwritten or deleted, by whom: theft and ransom of data in buckets.',
    cost: 'Per event delivered, the first copy too; so by the number of requests to the chosen buckets.',
    source: 'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-manage-costs.html',
    asOf,
    needs:
      'An event selector of the trail for the buckets that matter. The call replaces all selectors: name those that shall stay as well.',
    enable: [
      `aws cloudtrail put-event-selectors --trail-name organization --advanced-event-selectors '[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]}]},{"FieldSelectors":[{"Field":"eventCategory","Equals":["Data"]},{"Field":"resources.type","Equals":["AWS::S3::Object"]}]}]'`,
    ],
    delay: 'About 5 minutes.',
    blind: 'Who read, overwrote or deleted objects; the calls that change buckets are still seen.',
  },
  {
    id: 'cloudtrail.data.lambda',
    name: 'CloudTrail data events for Lambda',
    logs: ['aws.cloudtrail'],
    shows: 'Which functions were invoked, by whom: a function used as a way in or as a tool.',
    cost: 'Per event delivered, the first copy too; so by the number of invocations of the chosen functions.',
    source: 'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-manage-costs.html',
    asOf,
    needs:
      'An event selector of the trail for the functions that matter. The call replaces all selectors: name those that shall stay as well.',
    enable: [
      `aws cloudtrail put-event-selectors --trail-name organization --advanced-event-selectors '[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]}]},{"FieldSelectors":[{"Field":"eventCategory","Equals":["Data"]},{"Field":"resources.type","Equals":["AWS::Lambda::Function"]}]}]'`,
    ],
    delay: 'About 5 minutes.',
    blind: 'Who invoked functions; the calls that change them are still seen.',
  },
  {
    id: 'vpc.flow',
    name: 'VPC flow logs',
    logs: ['aws.vpc-flow'],
    shows: 'Which machine talked to which address and how much: scanning, mining, exfiltration, lateral movement.',
    cost: 'Per GB delivered, as a vended log; storage per GB-month where it is kept.',
    source: 'https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html',
    asOf,
    needs: 'A flow log for each VPC, best with the fields of version 5; as text or Parquet.',
    enable: [
      'aws ec2 create-flow-logs --resource-type VPC --resource-ids VPC --traffic-type ALL --log-destination-type s3 --log-destination arn:aws:s3:::BUCKET --max-aggregation-interval 60',
    ],
    delay: 'The interval of 1 or 10 minutes, and up to 10 minutes for delivery.',
    blind:
      'Scans, mining, exfiltration and lateral movement between machines. Never in it: queries to the resolver of Amazon, licence activation, instance metadata.',
  },
  {
    id: 'route53.resolver',
    name: 'Route 53 Resolver query logs',
    logs: ['aws.route53-resolver'],
    shows: 'Which names machines looked up: command and control, DNS tunnels, mining pools.',
    cost: 'Per GB delivered to the chosen place (CloudWatch Logs, S3 or Firehose), as a vended log.',
    source: 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs.html',
    asOf,
    needs:
      'A query log configuration that is associated with each VPC. Names in the cache of the resolver are not asked again, and not logged.',
    enable: [
      'aws route53resolver create-resolver-query-log-config --name jobzero --destination-arn arn:aws:s3:::BUCKET --creator-request-id jobzero',
      'aws route53resolver associate-resolver-query-log-config --resolver-query-log-config-id CONFIG --resource-id VPC',
    ],
    delay: 'Some minutes.',
    blind: 'Generated domains, tunnels, mining pools and newly seen domains; also whatever asks another resolver than that of the VPC.',
  },
  {
    id: 's3.access',
    name: 'S3 server access logs',
    logs: ['aws.s3-access'],
    shows: 'Requests to a bucket, anonymous ones among them; delivery is best effort, so it proves no absence.',
    cost: 'Delivery is free; storage of the logs per GB-month.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html',
    asOf,
    needs: 'A bucket for the logs, and logging turned on in each bucket that matters.',
    enable: [
      `aws s3api put-bucket-logging --bucket BUCKET --bucket-logging-status '{"LoggingEnabled":{"TargetBucket":"LOGS","TargetPrefix":"s3-access/"}}'`,
    ],
    delay: 'Hours, best effort.',
    blind: 'Anonymous requests and requests refused before CloudTrail counts them, where data events are not taken.',
  },
  {
    id: 'eks.audit',
    name: 'EKS audit logs',
    logs: ['aws.eks-audit'],
    shows: 'What was asked of the Kubernetes API and by whom: new privileged pods, stolen service accounts.',
    cost: 'CloudWatch Logs rates: per GB ingested and per GB-month kept.',
    source: 'https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html',
    asOf,
    needs:
      'The log type audit of each cluster. It goes into the group /aws/eks/CLUSTER/cluster; a subscription brings it to a bucket, with the cluster in each batch. What the group has beside it is passed over.',
    enable: [
      `aws eks update-cluster-config --name CLUSTER --logging '{"clusterLogging":[{"types":["audit"],"enabled":true}]}'`,
      'aws logs put-subscription-filter --log-group-name /aws/eks/CLUSTER/cluster --log-stream-name-prefix kube-apiserver-audit --filter-name jobzero --filter-pattern "" --destination-arn FIREHOSE --role-arn ROLE',
    ],
    delay: 'A few minutes, best effort.',
    blind: 'Everything inside of the cluster: who ran, read and bound what. CloudTrail sees only the settings of the cluster.',
  },
  {
    id: 'rds.audit',
    name: 'RDS engine and audit logs',
    logs: ['aws.rds'],
    shows: 'Sign-ins at the database, failed ones too, and with audit enabled the statements.',
    cost: 'CloudWatch Logs rates when exported: per GB ingested and per GB-month kept.',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html',
    asOf,
    needs:
      'Settings of the engine that make it write sign-ins, and their export to CloudWatch Logs. PostgreSQL: log_connections, for statements pgaudit. MySQL and MariaDB: the audit plugin as an option; Aurora MySQL: server_audit_logging. SQL Server: auditing of sign-ins. Oracle: the listener log tells of connections only.',
    enable: [
      'aws rds modify-db-parameter-group --db-parameter-group-name GROUP --parameters ParameterName=log_connections,ParameterValue=1,ApplyMethod=immediate ParameterName=log_disconnections,ParameterValue=1,ApplyMethod=immediate',
      'aws rds add-option-to-option-group --option-group-name GROUP --options OptionName=MARIADB_AUDIT_PLUGIN --apply-immediately',
      'aws rds modify-db-cluster-parameter-group --db-cluster-parameter-group-name GROUP --parameters ParameterName=server_audit_logging,ParameterValue=1,ApplyMethod=immediate ParameterName=server_audit_events,ParameterValue=CONNECT\\\\,QUERY,ApplyMethod=immediate',
      `aws rds modify-db-instance --db-instance-identifier DATABASE --cloudwatch-logs-export-configuration '{"EnableLogTypes":["postgresql"]}'`,
      'aws logs put-subscription-filter --log-group-name /aws/rds/instance/DATABASE/postgresql --filter-name jobzero --filter-pattern "" --destination-arn FIREHOSE --role-arn ROLE',
    ],
    delay: 'Seconds to a minute, and the delivery to a bucket.',
    blind:
      'Guessed passwords, sign-ins from new places and what was done in the database. GuardDuty has a stream of sign-ins of Aurora that nobody else gets.',
  },
] as const satisfies readonly LogSource[];

export type LogSourceId = (typeof logSources)[number]['id'];

/** What the customer's own applications write. */
export const applicationLogs: readonly LogSource[] = [
  {
    id: 'alb.access',
    name: 'Application Load Balancer access logs',
    logs: ['aws.alb'],
    shows: 'Requests to an application: injections, traversal, guessing, floods, scanners.',
    cost: 'Delivery is free; storage of the logs per GB-month.',
    source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html',
    asOf,
    needs: 'A bucket whose policy lets the load balancer write, and logging turned on in each load balancer.',
    enable: [
      'aws elbv2 modify-load-balancer-attributes --load-balancer-arn ARN --attributes Key=access_logs.s3.enabled,Value=true Key=access_logs.s3.bucket,Value=BUCKET',
    ],
    delay: 'Every 5 minutes, best effort.',
    blind:
      'Attacks on the application. Bodies of requests are in no log: an injection in a form is seen by WAF, or by what the database logs.',
  },
  {
    id: 'nlb.tls',
    name: 'Network Load Balancer access logs',
    logs: ['aws.nlb'],
    shows: 'TLS connections: from where, to which name, with which protocol.',
    cost: 'Delivery is free; storage of the logs per GB-month.',
    source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html',
    asOf,
    needs: 'A TLS listener; without one nothing is written.',
    enable: [
      'aws elbv2 modify-load-balancer-attributes --load-balancer-arn ARN --attributes Key=access_logs.s3.enabled,Value=true Key=access_logs.s3.bucket,Value=BUCKET',
    ],
    delay: 'Every 5 minutes, best effort.',
    blind: 'Which clients came; flow logs show the addresses, not the names asked for.',
  },
  {
    id: 'clb.access',
    name: 'Classic Load Balancer access logs',
    logs: ['aws.clb'],
    shows: 'The same as of an Application Load Balancer, in fewer fields.',
    cost: 'Delivery is free; storage of the logs per GB-month.',
    source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html',
    asOf,
    needs: 'A bucket whose policy lets the load balancer write, and logging turned on in each load balancer.',
    enable: [
      `aws elb modify-load-balancer-attributes --load-balancer-name NAME --load-balancer-attributes '{"AccessLog":{"Enabled":true,"S3BucketName":"BUCKET","EmitInterval":5}}'`,
    ],
    delay: 'Every 5 or 60 minutes, best effort.',
    blind: 'Attacks on the application behind it.',
  },
  {
    id: 'cloudfront.access',
    name: 'CloudFront standard logs',
    logs: ['aws.cloudfront'],
    shows: 'Requests at the edge, with what was answered from the cache.',
    cost: 'To S3 free but for storage per GB-month; to CloudWatch Logs or Firehose per GB, as a vended log.',
    source: 'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/AccessLogs.html',
    asOf,
    needs:
      'A delivery of each distribution, as JSON or W3C with any fields; c-ip, cs-method, cs-uri-stem, cs-uri-query, sc-status, cs(User-Agent) and x-edge-location belong to them. Sources of deliveries are in us-east-1.',
    enable: [
      'aws logs put-delivery-source --region us-east-1 --name cloudfront --resource-arn DISTRIBUTION --log-type ACCESS_LOGS',
      'aws logs put-delivery-destination --region us-east-1 --name cloudfront-s3 --output-format json --delivery-destination-configuration destinationResourceArn=arn:aws:s3:::BUCKET',
      'aws logs create-delivery --region us-east-1 --delivery-source-name cloudfront --delivery-destination-arn DESTINATION',
    ],
    delay: 'Minutes to an hour, at times a day; best effort.',
    blind: 'Attacks that the cache or the edge answered; behind it the load balancer sees CloudFront as the client.',
  },
  {
    id: 'waf',
    name: 'WAF logs',
    logs: ['aws.waf'],
    shows: 'Requests that a web ACL judged, blocked ones too, with their headers.',
    cost: 'Per GB delivered, as a vended log, to S3 or CloudWatch Logs; Firehose by its own rates.',
    source: 'https://docs.aws.amazon.com/waf/latest/developerguide/logging.html',
    asOf,
    needs: 'A destination whose name begins with aws-waf-logs-.',
    enable: [
      'aws wafv2 put-logging-configuration --logging-configuration ResourceArn=WEBACL,LogDestinationConfigs=arn:aws:s3:::aws-waf-logs-EXAMPLE',
    ],
    delay: 'About 5 minutes to S3; sooner to CloudWatch Logs.',
    blind: 'What WAF stopped, and what its rules in counting mode saw.',
  },
  {
    id: 'api-gateway.access',
    name: 'API Gateway access logs',
    logs: ['aws.api-gateway'],
    shows: 'Calls of an interface: who, which path, with what answer.',
    cost: 'CloudWatch Logs rates: per GB ingested and per GB-month kept; or those of Firehose.',
    source: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-access-logging.html',
    asOf,
    needs:
      'A format with $context.requestId, identity.sourceIp, httpMethod, path, status and requestTimeEpoch, as JSON with names like those of the variables, or in the common log format.',
    enable: [
      `aws apigateway update-stage --rest-api-id API --stage-name STAGE --patch-operations op=replace,path=/accessLogSettings/destinationArn,value=LOGGROUP op=replace,path=/accessLogSettings/format,value='{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","httpMethod":"$context.httpMethod","path":"$context.path","status":"$context.status","requestTimeEpoch":"$context.requestTimeEpoch","userAgent":"$context.identity.userAgent"}'`,
    ],
    delay: 'Minutes.',
    blind: 'Attacks on the interface. Query strings are in no variable: injections in them are seen by WAF or CloudFront.',
  },
  {
    id: 'cognito.activity',
    name: 'Cognito user activity',
    logs: ['aws.cognito'],
    shows: 'Sign-ins, sign-ups and changes of passwords of the users of an application, with the risk that Cognito saw.',
    cost: 'Threat protection per active user and month (the plan Plus); delivery as a vended log.',
    source: 'https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-threat-protection.html',
    asOf,
    needs:
      'Threat protection in audit or full function, and a log delivery. Calls to Cognito are in CloudTrail in any case, with user names hidden.',
    enable: [
      `aws cognito-idp set-log-delivery-configuration --user-pool-id POOL --log-configurations '[{"LogLevel":"INFO","EventSource":"userAuthEvents","S3Configuration":{"BucketArn":"arn:aws:s3:::BUCKET"}}]'`,
    ],
    delay: 'Minutes.',
    blind: 'Which user was guessed, taken over or flooded with resets; CloudTrail shows only that sign-ins failed, and from where.',
  },
  {
    id: 'securitylake',
    name: 'Security Lake and other OCSF',
    logs: ['ocsf', 'aws.cloudtrail', 'aws.vpc-flow', 'aws.route53-resolver', 'aws.eks-audit'],
    shows: 'The logs above as Security Lake keeps them, and sign-ins and web requests of other products.',
    cost: 'Per GB that it takes in and converts; S3 storage per GB-month; the requests of the reader.',
    source: 'https://docs.aws.amazon.com/security-lake/latest/userguide/open-cybersecurity-schema-framework.html',
    asOf,
    needs:
      'Sources of version 1 or 2 in the lake, and a subscriber with access to its data. What Security Lake does not keep of a record is missing in the record that is made of it again.',
    enable: [
      `aws securitylake create-aws-log-source --sources '[{"regions":["eu-west-1"],"sourceName":"CLOUD_TRAIL_MGMT","sourceVersion":"2.0"}]'`,
    ],
    delay: 'Some minutes after the log itself.',
    blind: 'Nothing, where the logs come by themselves; both may come, and an event of CloudTrail is still one.',
  },
];
