import { makeTrailAgain } from '../../../content/playbooks/aws/cloudtrail/make-trail-again.ts';
import { recordManagementEvents } from '../../../content/playbooks/aws/cloudtrail/record-management-events.ts';
import { strengthenTrail } from '../../../content/playbooks/aws/cloudtrail/strengthen-trail.ts';
import { resumeAlarmActions } from '../../../content/playbooks/aws/cloudwatch/resume-alarm-actions.ts';
import { startRecorder } from '../../../content/playbooks/aws/config/start-recorder.ts';
import { enableRule } from '../../../content/playbooks/aws/events/enable-rule.ts';
import { removeForeignTarget } from '../../../content/playbooks/aws/events/remove-foreign-target.ts';
import { resumeDetector } from '../../../content/playbooks/aws/guardduty/resume-detector.ts';
import { resumeFeatures } from '../../../content/playbooks/aws/guardduty/resume-features.ts';
import { showFindings } from '../../../content/playbooks/aws/guardduty/show-findings.ts';
import { resumeScanning } from '../../../content/playbooks/aws/inspector2/resume-scanning.ts';
import { resumeSession } from '../../../content/playbooks/aws/macie2/resume-session.ts';
import { enableHub } from '../../../content/playbooks/aws/securityhub/enable-hub.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import { account, all, as, documents, type Organisation, part, type Scenario, twoStates } from './scenario-under-test.ts';

const detector = (organisation: Organisation): JsonObject =>
  Object.values(documents(organisation, 'guardduty/detector/us-east-1'))[0] ?? {};
const DetectorId = (organisation: Organisation) => String(detector(organisation)['DetectorId']);
const makeDetector = as('root', 'guardduty:CreateDetector', {
  Enable: true,
  Features: [
    { Name: 'EKS_AUDIT_LOGS', Status: 'ENABLED' },
    { Name: 'S3_DATA_EVENTS', Status: 'ENABLED' },
  ],
});
const updates =
  (who: 'root' | 'mallory', input: JsonObject) =>
  (organisation: Organisation): void =>
    void organisation[who].call('guardduty:UpdateDetector', { DetectorId: DetectorId(organisation), ...input });
const detectorPart =
  (name: string): Scenario['view'] =>
  (organisation) =>
    detector(organisation)[name] ?? null;

const recorder = { ConfigurationRecorderName: 'default' };
const types = ['EC2', 'ECR'];
const alarm = { AlarmNames: ['root-login'] };
const rule = { Name: 'guardduty-to-pager', EventBusName: 'security' };
const forwarder = { Rule: 'all-events' };
const target = (Id: string, owner: string): JsonObject => ({
  Id,
  Arn: `arn:aws:events:us-east-1:${owner}:event-bus/default`,
  RoleArn: `arn:aws:iam::${account}:role/web-server`,
});

const trail = { Name: 'production-trail' };
const trailState = ({ range }: Organisation) =>
  Object.values(range.state.accounts[account]?.trails ?? {}).find(({ name }) => name === trail.Name);
const selectors: Scenario['view'] = (organisation) => (trailState(organisation)?.selectors ?? null) as Json;
const wide: Scenario['view'] = (organisation) => {
  const state = trailState(organisation);
  return state === undefined ? null : { all: state.multiRegion, global: state.globalEvents, signed: state.logFileValidation };
};
const selecting =
  (who: 'root' | 'mallory', ReadWriteType: string, IncludeManagementEvents: boolean) =>
  (organisation: Organisation): void => {
    const DataResources = [{ Type: 'AWS::S3::Object', Values: ['arn:aws:s3:::reports-example/'] }];
    organisation[who].call('cloudtrail:PutEventSelectors', {
      TrailName: trail.Name,
      EventSelectors: [{ ReadWriteType, IncludeManagementEvents, DataResources }],
    });
  };

export const watcherScenarios: readonly Scenario[] = [
  {
    name: 'lets GuardDuty watch again',
    playbook: resumeDetector,
    rule: 'aws.guardduty.detector-disabled',
    prepare: makeDetector,
    attack: updates('mallory', { Enable: false }),
    view: detectorPart('Status'),
    meddle: twoStates,
    does: ['guardduty:UpdateDetector'],
    undoes: ['guardduty:UpdateDetector'],
  },
  {
    name: 'turns a feature of GuardDuty on again',
    playbook: resumeFeatures,
    rule: 'aws.guardduty.coverage-narrowed',
    prepare: makeDetector,
    attack: updates('mallory', { Features: [{ Name: 'S3_DATA_EVENTS', Status: 'DISABLED' }] }),
    view: detectorPart('Features'),
    meddle: twoStates,
    does: ['guardduty:UpdateDetector'],
    undoes: ['guardduty:UpdateDetector'],
  },
  {
    name: 'lets a filter of GuardDuty hide nothing',
    playbook: showFindings,
    rule: 'aws.guardduty.findings-hidden',
    prepare: makeDetector,
    attack: (organisation) =>
      void organisation.mallory.call('guardduty:CreateFilter', { DetectorId: DetectorId(organisation), Name: 'quiet', Action: 'ARCHIVE' }),
    view: part('guardduty/filter', 'quiet', 'Action'),
    meddle: twoStates,
    does: ['guardduty:UpdateFilter'],
    undoes: ['guardduty:UpdateFilter'],
  },
  {
    name: 'turns Security Hub on again',
    playbook: enableHub,
    rule: 'aws.securityhub.service-disabled',
    prepare: as('root', 'securityhub:EnableSecurityHub', {}),
    attack: as('mallory', 'securityhub:DisableSecurityHub', {}),
    view: (organisation) => documents(organisation, 'securityhub/hub/us-east-1')['account'] ?? null,
    meddle: twoStates,
    does: ['securityhub:EnableSecurityHub'],
    undoes: ['securityhub:DisableSecurityHub'],
  },
  {
    name: 'lets Macie look again',
    playbook: resumeSession,
    rule: 'aws.securityhub.service-disabled',
    prepare: as('root', 'macie2:EnableMacie', {}),
    attack: as('mallory', 'macie2:UpdateMacieSession', { status: 'PAUSED' }),
    view: part('macie2/session', 'account', 'status'),
    meddle: twoStates,
    does: ['macie2:UpdateMacieSession'],
    undoes: ['macie2:UpdateMacieSession'],
  },
  {
    name: 'records the settings of an account again',
    playbook: startRecorder,
    rule: 'aws.config.recorder-stopped',
    prepare: all(
      as('root', 'config:PutConfigurationRecorder', { ConfigurationRecorder: { name: 'default' } }),
      as('root', 'config:PutDeliveryChannel', { DeliveryChannel: { name: 'default', s3BucketName: 'config-example' } }),
      as('root', 'config:StartConfigurationRecorder', recorder),
    ),
    attack: as('mallory', 'config:StopConfigurationRecorder', recorder),
    view: part('config/recorder', 'default', 'recording'),
    meddle: twoStates,
    does: ['config:StartConfigurationRecorder'],
    undoes: ['config:StopConfigurationRecorder'],
    refused: { when: as('root', 'config:DeleteDeliveryChannel', {}), says: /no delivery channel/ },
  },
  {
    name: 'lets Inspector scan again, and what was off before stays off',
    playbook: resumeScanning,
    rule: 'aws.inspector2.scanning-disabled',
    prepare: as('root', 'inspector2:Enable', { resourceTypes: [...types, 'LAMBDA'] }),
    attack: as('mallory', 'inspector2:Disable', { resourceTypes: types }),
    view: part('inspector2/account', 'account', 'ec2', 'ecr', 'lambda', 'lambdaCode'),
    meddle: as('root', 'inspector2:Disable', { resourceTypes: ['EC2'] }),
    does: ['inspector2:Enable'],
    undoes: ['inspector2:Disable'],
  },
  {
    name: 'lets an alarm tell somebody again',
    playbook: resumeAlarmActions,
    rule: 'aws.cloudwatch.security-alarm-silenced',
    prepare: as('root', 'cloudwatch:PutMetricAlarm', { AlarmName: 'root-login' }),
    attack: as('mallory', 'cloudwatch:DisableAlarmActions', alarm),
    view: part('cloudwatch/alarm', 'root-login', 'ActionsEnabled'),
    meddle: twoStates,
    does: ['cloudwatch:EnableAlarmActions'],
    undoes: ['cloudwatch:DisableAlarmActions'],
  },
  {
    name: 'lets a rule of events work again',
    playbook: enableRule,
    rule: 'aws.events.security-rule-disabled',
    prepare: as('root', 'events:PutRule', rule),
    attack: as('mallory', 'events:DisableRule', rule),
    view: part('events/rule', 'security/guardduty-to-pager', 'State'),
    meddle: twoStates,
    does: ['events:EnableRule'],
    undoes: ['events:DisableRule'],
  },
  {
    name: 'sends events to another account no more',
    playbook: removeForeignTarget,
    rule: 'aws.events.rule-calls-foreign-account',
    prepare: all(
      as('root', 'events:PutRule', { Name: 'all-events' }),
      as('root', 'events:PutTargets', { ...forwarder, Targets: [target('own', account)] }),
    ),
    attack: as('mallory', 'events:PutTargets', {
      ...forwarder,
      Targets: [target('out', '999988887777'), target('too', '999988887777'), target('here', account)],
    }),
    view: part('events/rule', 'all-events', 'targets'),
    meddle: as('root', 'events:PutTargets', { ...forwarder, Targets: [target('out', '888877776666')] }),
    inTheWay: true,
    does: ['events:RemoveTargets', 'events:RemoveTargets'],
    undoes: ['events:PutTargets', 'events:PutTargets'],
  },
  {
    name: 'makes a deleted trail again, as the last snapshot knew it',
    playbook: makeTrailAgain,
    rule: 'aws.cloudtrail.trail-logging-stopped',
    attack: as('mallory', 'cloudtrail:DeleteTrail', trail),
    around: {
      management: null,
      root: null,
      atRoot: [],
      trails: [
        {
          uid: `arn:aws:cloudtrail:us-east-1:${account}:trail/${trail.Name}`,
          props: {
            bucket: `example-trail-logs-${account}`,
            isMultiRegion: true,
            isOrganization: false,
            logFileValidation: true,
            globalEvents: true,
            selectors: {
              basic: [
                {
                  ReadWriteType: 'All',
                  IncludeManagementEvents: true,
                  DataResources: [{ Type: 'AWS::S3::Object', Values: [`arn:aws:s3:::example-customer-data-${account}/`] }],
                  ExcludeManagementEventSources: [],
                },
              ],
              advanced: [],
            },
          },
        },
      ],
    },
    view: (organisation) => {
      const { bucket, multiRegion, logFileValidation, logging, selectors: selected } = trailState(organisation) ?? {};
      return [bucket ?? null, multiRegion ?? null, logFileValidation ?? null, logging ?? null, (selected ?? null) as Json];
    },
    meddle: as('root', 'cloudtrail:UpdateTrail', { ...trail, EnableLogFileValidation: false }),
    does: ['cloudtrail:CreateTrail', 'cloudtrail:PutEventSelectors', 'cloudtrail:StartLogging'],
    undoes: ['cloudtrail:StopLogging', 'cloudtrail:PutEventSelectors', 'cloudtrail:DeleteTrail'],
    refused: {
      when: all(
        as('mallory', 'cloudtrail:CreateTrail', { ...trail, S3BucketName: `example-trail-logs-${account}` }),
        as('mallory', 'cloudtrail:UpdateTrail', { ...trail, IsMultiRegionTrail: false }),
        as('mallory', 'cloudtrail:DeleteTrail', trail),
      ),
      says: /had changed it before/,
    },
  },
  {
    name: 'lets a trail record management events again',
    playbook: recordManagementEvents,
    rule: 'aws.cloudtrail.event-selectors-narrowed',
    attack: selecting('mallory', 'All', false),
    view: selectors,
    meddle: selecting('root', 'WriteOnly', true),
    does: ['cloudtrail:PutEventSelectors'],
    undoes: ['cloudtrail:PutEventSelectors'],
  },
  {
    name: 'lets a trail record all Regions and sign again',
    playbook: strengthenTrail,
    rule: 'aws.cloudtrail.trail-weakened',
    attack: as('mallory', 'cloudtrail:UpdateTrail', { ...trail, IsMultiRegionTrail: false, EnableLogFileValidation: false }),
    view: wide,
    meddle: as('root', 'cloudtrail:UpdateTrail', { ...trail, EnableLogFileValidation: false }),
    does: ['cloudtrail:UpdateTrail'],
    undoes: ['cloudtrail:UpdateTrail'],
  },
];
