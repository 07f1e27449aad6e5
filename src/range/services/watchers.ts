import type { JsonObject } from '../../core/model/json.ts';
import { isObject, type OperationContext, type OperationTable, objects, optionalText, text, texts } from '../operation.ts';
import { arnIn, gets, type Kind, lists, makes, named, pick, removes, sets, settings, without } from '../settings.ts';

type Context = OperationContext;

/** Of a service that is on or off in an account and Region. */
const account = (service: string, kind: string, missing: string, initial?: Kind['initial']): Kind => ({
  service,
  kind,
  id: () => 'account',
  arn: () => '*',
  missing,
  ...(initial === undefined ? {} : { initial }),
});

/** https://docs.aws.amazon.com/guardduty/latest/APIReference/API_UpdateDetector.html */
const detector: Kind = {
  service: 'guardduty',
  kind: 'detector',
  id: named('DetectorId'),
  arn: arnIn('guardduty', (id) => `detector/${id}`),
  missing: 'BadRequestException',
};
const detectors = settings(detector, {
  CreateDetector: makes(
    ({ input }, id) => ({ DetectorId: id, Status: input['Enable'] === false ? 'DISABLED' : 'ENABLED', Features: input['Features'] ?? [] }),
    (item) => pick(item, 'DetectorId'),
    ({ dice }) => dice.hex(32),
  ),
  GetDetector: gets((item) => pick(item, 'Status', 'Features')),
  ListDetectors: lists((items) => ({ DetectorIds: items.map((item) => item['DetectorId'] ?? '') })),
  UpdateDetector: sets((item, { input }) => ({
    ...item,
    ...(input['Enable'] === undefined ? {} : { Status: input['Enable'] === true ? 'ENABLED' : 'DISABLED' }),
    Features: mergedBy('Name', objects(item['Features']), objects(input['Features'])),
  })),
  DeleteDetector: removes(),
});
const filters = settings(
  {
    service: 'guardduty',
    kind: 'filter',
    id: (context) => optionalText(context, 'FilterName') ?? optionalText(context, 'Name'),
    arn: (context, id) => arnIn('guardduty', () => `detector/${text(context, 'DetectorId')}/filter/${id}`)(context, id),
    missing: 'ResourceNotFoundException',
  },
  {
    CreateFilter: makes(
      ({ input }) => ({ Name: input['Name'] ?? '', Action: input['Action'] ?? 'NOOP' }),
      (item) => pick(item, 'Name'),
    ),
    GetFilter: gets(),
    UpdateFilter: sets((item, { input }) => ({ ...item, ...pick(input, 'Action') })),
  },
);

/** https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_DescribeHub.html; off it says that the account is not subscribed. */
const hub = settings(account('securityhub', 'hub', 'ResourceNotFoundException'), {
  EnableSecurityHub: makes((context) => ({ HubArn: arnIn('securityhub', () => 'hub/default')(context, '') })),
  DescribeHub: gets(),
  DisableSecurityHub: removes(),
});

/** https://docs.aws.amazon.com/macie/latest/APIReference/macie.html */
const macie = settings(account('macie2', 'session', 'AccessDeniedException'), {
  EnableMacie: makes(() => ({ status: 'ENABLED' })),
  GetMacieSession: gets(),
  UpdateMacieSession: sets((item, { input }) => ({ ...item, ...pick(input, 'status') })),
});

/** https://docs.aws.amazon.com/config/latest/APIReference/API_StartConfigurationRecorder.html */
const recorders = settings(
  {
    service: 'config',
    kind: 'recorder',
    id: (context) =>
      optionalText(context, 'ConfigurationRecorderName') ?? texts(context, 'ConfigurationRecorderNames')[0] ?? nameIn(context),
    arn: () => '*',
    missing: 'NoSuchConfigurationRecorderException',
  },
  {
    PutConfigurationRecorder: makes((context, _, before) => ({ name: nameIn(context) ?? '', recording: before?.['recording'] ?? false })),
    DescribeConfigurationRecorderStatus: gets((item) => ({ ConfigurationRecordersStatus: [item] })),
    StartConfigurationRecorder: sets((item) => ({ ...item, recording: true })),
    StopConfigurationRecorder: sets((item) => ({ ...item, recording: false })),
  },
);
const channels = settings(account('config', 'channel', 'NoSuchDeliveryChannelException'), {
  PutDeliveryChannel: makes(({ input }) => (isObject(input['DeliveryChannel']) ? input['DeliveryChannel'] : {})),
  DescribeDeliveryChannels: lists((items) => ({ DeliveryChannels: items })),
  DeleteDeliveryChannel: removes(),
});

/** https://docs.aws.amazon.com/inspector/v2/APIReference/API_Enable.html */
const kinds: readonly (readonly [type: string, name: string])[] = [
  ['EC2', 'ec2'],
  ['ECR', 'ecr'],
  ['LAMBDA', 'lambda'],
  ['LAMBDA_CODE', 'lambdaCode'],
];
const switchedTo = (status: string) =>
  sets((item, context) => {
    const given = texts(context, 'resourceTypes');
    const changed = kinds.filter(([type]) => given.length === 0 || given.includes(type)).map(([, name]) => [name, { status }]);
    return { ...item, ...Object.fromEntries(changed) };
  });
const inspector = settings(
  account('inspector2', 'account', 'ResourceNotFoundException', () =>
    Object.fromEntries(kinds.map(([, name]) => [name, { status: 'DISABLED' }])),
  ),
  {
    BatchGetAccountStatus: gets((item, context) => ({ accounts: [{ accountId: context.account.id, resourceState: item }] })),
    Enable: switchedTo('ENABLED'),
    Disable: switchedTo('DISABLED'),
  },
);

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_EnableAlarmActions.html: of each call the first alarm alone. */
const alarms = settings(
  {
    service: 'cloudwatch',
    kind: 'alarm',
    id: (context) => optionalText(context, 'AlarmName') ?? texts(context, 'AlarmNames')[0] ?? null,
    arn: arnIn('cloudwatch', (id) => `alarm:${id}`),
    missing: 'ResourceNotFound',
  },
  {
    PutMetricAlarm: makes(({ input }) => ({
      AlarmName: input['AlarmName'] ?? '',
      ActionsEnabled: input['ActionsEnabled'] ?? true,
      StateValue: 'OK',
    })),
    DescribeAlarms: lists((items, context) => {
      const wanted = texts(context, 'AlarmNames');
      return { MetricAlarms: items.filter((one) => wanted.length === 0 || wanted.includes(String(one['AlarmName']))), CompositeAlarms: [] };
    }),
    DisableAlarmActions: sets((item) => ({ ...item, ActionsEnabled: false })),
    EnableAlarmActions: sets((item) => ({ ...item, ActionsEnabled: true })),
  },
);

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html */
const rule: Kind = {
  service: 'events',
  kind: 'rule',
  id: (context) => {
    const name = optionalText(context, 'Name') ?? optionalText(context, 'Rule');
    const bus = optionalText(context, 'EventBusName') ?? 'default';
    return name === null || bus === 'default' ? name : `${bus}/${name}`;
  },
  arn: arnIn('events', (id) => `rule/${id}`),
  missing: 'ResourceNotFoundException',
};
const targetsOf = (item: JsonObject) => objects(item['targets']);
const rules = settings(rule, {
  PutRule: makes(
    ({ input }, _, before) => ({
      ...pick(input, 'Name', 'EventPattern'),
      State: input['State'] ?? 'ENABLED',
      targets: before?.['targets'] ?? [],
    }),
    (item, context) => ({ RuleArn: rule.arn(context, String(item['Name'])) }),
  ),
  DescribeRule: gets((item) => without(item, 'targets')),
  EnableRule: sets((item) => ({ ...item, State: 'ENABLED' })),
  DisableRule: sets((item) => ({ ...item, State: 'DISABLED' })),
  ListTargetsByRule: gets((item) => ({ Targets: targetsOf(item) })),
  PutTargets: sets(
    (item, { input }) => ({ ...item, targets: mergedBy('Id', targetsOf(item), objects(input['Targets'])) }),
    () => ({ FailedEntryCount: 0, FailedEntries: [] }),
  ),
  RemoveTargets: sets(
    (item, context) => ({ ...item, targets: targetsOf(item).filter((one) => !texts(context, 'Ids').includes(String(one['Id']))) }),
    () => ({ FailedEntryCount: 0, FailedEntries: [] }),
  ),
  DeleteRule: removes(),
});

/** What watches and reports: detectors, recorders, scanners, alarms and rules of events. What they would find is not simulated. */
export const watchers: OperationTable = {
  ...detectors,
  ...filters,
  ...hub,
  ...macie,
  ...recorders,
  ...channels,
  ...inspector,
  ...alarms,
  ...rules,
};

function nameIn({ input }: Context): string | null {
  const recorder = input['ConfigurationRecorder'];
  return isObject(recorder) && typeof recorder['name'] === 'string' ? recorder['name'] : null;
}

/** The earlier members, each replaced by what a call says of it, and those that are new. */
function mergedBy(key: string, before: readonly JsonObject[], given: readonly JsonObject[]): readonly JsonObject[] {
  const names = new Set(given.map((one) => one[key]));
  return [...before.filter((one) => !names.has(one[key])), ...given].toSorted((a, b) => (String(a[key]) < String(b[key]) ? -1 : 1));
}
