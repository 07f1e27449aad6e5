import type { FindingSource } from './imported.ts';

/**
 * What a service whose findings come in needs, as `log-source.ts` says it of logs. Prices differ by Region and change, so the unit is told
 * and not the sum; `source` says where AWS tells the price, `asOf` when the unit was read.
 */
export interface FindingSourceFacts {
  readonly id: FindingSource;
  /** What it finds, in one sentence. */
  readonly finds: string;
  readonly needs: string;
  /** Commands that turn it on; words in capitals are for the reader to fill in. */
  readonly enable: readonly string[];
  /** The pattern of an EventBridge rule that brings its findings. */
  readonly pattern: string;
  /** From what happened to the finding, and from the finding to the event. */
  readonly delay: string;
  readonly cost: string;
  readonly source: string;
  readonly asOf: string;
  /** How its severities become ours, and where AWS explains them. */
  readonly severity: string;
  readonly severitySource: string;
  /** What happens there when a finding ends here. */
  readonly closes: string;
  /** Why it has no call for that; absent where it has one. */
  readonly noClosing?: string;
  /** What of it cannot be had, or is worth knowing. */
  readonly note?: string;
}

const asOf = '2026-11-29';

export const findingSourceFacts: readonly FindingSourceFacts[] = [
  {
    id: 'guardduty',
    finds: 'Attacks on accounts, instances, buckets, clusters, databases and functions, from logs that AWS reads by itself.',
    needs: 'A detector in each Region; for an organization the delegated administrator, which enables members by itself.',
    enable: ['aws guardduty create-detector --enable --finding-publishing-frequency FIFTEEN_MINUTES'],
    pattern: '{ "source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"] }',
    delay:
      'New findings within about 5 minutes after they were made; further occurrences every 15 minutes, hour or 6 hours, as the detector says. Nothing is sent when one is archived: that is read from the API.',
    cost: 'Per million events of CloudTrail, per GB of flow logs and queries, and per unit of each protection plan.',
    source: 'https://aws.amazon.com/guardduty/pricing/',
    asOf,
    severity: '9 and above is Critical, 7 to 8.9 High, 4 to 6.9 Medium, below Low.',
    severitySource: 'https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html',
    closes: 'It is archived.',
    note: 'Samples are closed at once and never acted on. Which of its types our own rules find too, the [list of types](guardduty.md) says.',
  },
  {
    id: 'security-hub',
    finds: 'What its own controls find in settings, and what the other services and products send it.',
    needs:
      'Security Hub in each Region, or in one that collects from all. Both editions are read: the one that speaks ASFF and the newer one that speaks OCSF.',
    enable: ['aws securityhub enable-security-hub --control-finding-generator SECURITY_CONTROL'],
    pattern: '{ "source": ["aws.securityhub"], "detail-type": ["Security Hub Findings - Imported", "Findings Imported V2"] }',
    delay: 'Some minutes after the service that found it; its own controls within 12 to 24 hours, or at a change of the setting.',
    cost: 'Per check of a control, and per finding that products send beyond a free number; the newer edition per resource.',
    source: 'https://aws.amazon.com/security-hub/pricing/',
    asOf,
    severity: 'Its label; where there is none, the number: 90 Critical, 70 High, 40 Medium, 1 Low, 0 Informational. In OCSF `severity_id`.',
    severitySource: 'https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Severity.html',
    closes: 'Its workflow is set to RESOLVED, or SUPPRESSED where it was accepted.',
    note: "What jobzero sends there does not come back. Findings of the account's own products, and of other companies, come in, but never let automation act alone: whoever may import findings can write them.",
  },
  {
    id: 'inspector',
    finds: 'Packages with known flaws on instances, in images and functions, and ports that the network lets everybody reach.',
    needs: 'Amazon Inspector (the second edition) in each Region; on instances the agent of Systems Manager, or scanning without one.',
    enable: ['aws inspector2 enable --resource-types EC2 ECR LAMBDA'],
    pattern: '{ "source": ["aws.inspector2"], "detail-type": ["Inspector2 Finding"] }',
    delay: 'Minutes after a package is installed or an image pushed, and after a flaw becomes known.',
    cost: 'Per instance scanned in a month, per image, per function.',
    source: 'https://aws.amazon.com/inspector/pricing/',
    asOf,
    severity: 'Its own; what is not rated yet (UNTRIAGED) is Medium.',
    severitySource: 'https://docs.aws.amazon.com/inspector/latest/user/findings-understanding-severity.html',
    closes: 'Nothing there. Where it came through Security Hub, its workflow is set there.',
    noClosing: 'Its API has suppression filters only, which hide what comes later as well. What is mended it closes by itself.',
  },
  {
    id: 'macie',
    finds: 'Buckets that are public, shared or not encrypted, and sensitive data in objects.',
    needs: 'Macie in each Region; for data in objects automated discovery or jobs.',
    enable: ['aws macie2 enable-macie --finding-publishing-frequency FIFTEEN_MINUTES'],
    pattern: '{ "source": ["aws.macie"], "detail-type": ["Macie Finding"] }',
    delay:
      'New findings at once; further occurrences of a finding about a bucket every 15 minutes, hour or 6 hours. Data in objects when a job or the daily discovery has come to them.',
    cost: 'Per bucket that is watched, per object monitored and per GB inspected.',
    source: 'https://aws.amazon.com/macie/pricing/',
    asOf,
    severity: 'Its own: Low, Medium, High.',
    severitySource: 'https://docs.aws.amazon.com/macie/latest/user/findings-severity.html',
    closes: 'Nothing there. Where it came through Security Hub, its workflow is set there.',
    noClosing: 'Its API archives by findings filters only, which hide what comes later as well, and never one finding.',
  },
  {
    id: 'access-analyzer',
    finds: 'What outsiders can reach, and, where you pay for it, access that nobody uses.',
    needs: 'An analyzer in each Region, best one for the organization.',
    enable: ['aws accessanalyzer create-analyzer --analyzer-name organization --type ORGANIZATION'],
    pattern:
      '{ "source": ["aws.access-analyzer"], "detail-type": ["Access Analyzer Finding", "Unused Access Finding for IAM entities", "Internal Access Finding"] }',
    delay: 'Within about 30 minutes after a policy changed; best effort by EventBridge.',
    cost: 'External access is free; unused access per user and role in a month, internal access per resource.',
    source: 'https://aws.amazon.com/iam/access-analyzer/pricing/',
    asOf,
    severity:
      'It has none. Public is High, another account Medium, what the organization reaches and what nobody uses Low, what could not be analysed Informational.',
    severitySource: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings.html',
    closes: 'It is archived where it was accepted; what is mended it resolves by itself.',
    note: 'All that it finds at one resource is one finding here, as in Security Hub.',
  },
  {
    id: 'config',
    finds: 'Resources that do not comply with your rules.',
    needs: 'A recorder and rules in each Region. Rules that Security Hub made for its own controls come by Security Hub.',
    enable: ['aws configservice put-config-rule --config-rule file://RULE.json'],
    pattern: '{ "source": ["aws.config"], "detail-type": ["Config Rules Compliance Change"] }',
    delay: 'Minutes after a change of the resource, or at the times that the rule says.',
    cost: 'Per configuration item recorded and per evaluation of a rule.',
    source: 'https://aws.amazon.com/config/pricing/',
    asOf,
    severity: 'It has none: Medium.',
    severitySource: 'https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config.html',
    closes: 'Nothing there. Where it came through Security Hub, its workflow is set there.',
    noClosing: 'A rule says what it sees at its next look, and no call changes that.',
  },
  {
    id: 'health',
    finds: 'Access keys that AWS found in public, and abuse that others report of your account.',
    needs:
      'Nothing for events. Its API, by which an event is confirmed, needs a Business, Enterprise On-Ramp or Enterprise support plan. One account tells of all where the organizational view is on.',
    enable: [],
    pattern: '{ "source": ["aws.health"], "detail-type": ["AWS Health Event", "AWS Health Abuse Event"] }',
    delay: 'Minutes. Events of the account come in us-east-1, those about a Region in that Region.',
    cost: 'Free; the support plan is not.',
    source: 'https://docs.aws.amazon.com/health/latest/ug/health-api.html',
    asOf,
    severity: "It has none: an exposed key is Critical, abuse and other risks High. Events about AWS's own operation are no findings.",
    severitySource: 'https://docs.aws.amazon.com/health/latest/ug/cloudwatch-events-health.html',
    closes: 'Nothing.',
    noClosing: 'AWS closes its own events.',
    note: "Without the support plan nobody can confirm an event, so a person is asked, with the key's user looked up in IAM.",
  },
];
