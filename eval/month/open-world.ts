import { textAt } from '../../src/core/lib/json-at.ts';
import type { Campaign, CampaignCall } from '../../src/core/model/campaign.ts';
import type { JsonObject } from '../../src/core/model/json.ts';
import type { Cloud } from '../../src/core/ports/cloud.ts';
import { Dice } from '../../src/range/dice.ts';
import { manyAccounts } from '../../src/range/large/accounts.ts';
import { openBackground } from '../../src/range/large/background.ts';
import { openDelivery } from '../../src/range/large/deliver.ts';
import { playRuns } from '../../src/range/large/play-runs.ts';
import { type ScheduledRun, scheduleCampaigns } from '../../src/range/large/schedule.ts';
import { openRange, type Range } from '../../src/range/open-range.ts';
import { type Bucket, openBucket } from './bucket.ts';

export interface WorldOptions {
  readonly seed: string;
  readonly accounts: number;
  /** Milliseconds since 1970; a whole hour. */
  readonly start: number;
  readonly days: number;
  /** Of daily life, of an average account. */
  readonly eventsADay: number;
  readonly campaigns: readonly Campaign[];
  /** Do events that change something come through EventBridge, too? */
  readonly fast: boolean;
  readonly now: () => number;
}

/** An organisation that lives: people work, attackers attack, and whatever is done to it by `cloud` has its effect on all of them. */
export interface World {
  readonly range: Range;
  /** With an event history that daily life is in, too. */
  readonly cloud: Cloud;
  readonly bucket: Bucket;
  readonly runs: readonly ScheduledRun[];
  /** Of campaigns, so far. */
  readonly calls: readonly CampaignCall[];
  /** Of daily life, so far. */
  events(): number;
  /** Lets time go on; steps must end at the ends of spans of five minutes. */
  advance(until: number): void;
}

const hour = 3_600_000;
/** CloudTrail gathers for about five minutes. */
export const gathered = 300_000;
/** EventBridge brings an event some seconds after the call. */
const fastAfter = 5_000;
/** The event history is asked for what was found lately; AWS keeps 90 days. */
const remembered = 3 * 86_400_000;

export function openWorld({ seed, accounts, start, days, eventsADay, campaigns, fast, now }: WorldOptions): World {
  const hours = Math.max(1, Math.round(days * 24));
  const end = start + hours * hour;
  const range = openRange({ seed, start, now, accounts: manyAccounts(accounts) });
  stageDeny(range, start);
  const { state } = range;
  const bucket = openBucket();
  const background = openBackground({ state, start, hours });
  const delivery = openDelivery(bucket.put, state, { start, gathered, digests: false }, new Dice(`${seed}/delivery`));
  const runs = scheduleCampaigns(range, campaigns, start, end);
  const player = playRuns(runs);
  const calls: CampaignCall[] = [];
  const events = eventsADay * accounts * days;
  let wanted = 0;
  let made = 0;
  let fastObjects = 0;
  /** How many records of each gathering EventBridge has brought. */
  const brought = new Map<string, number>();

  const bring = (at: number) => {
    const fresh = new Map<string, JsonObject>();
    for (const [key, records] of Object.entries(state.undelivered)) {
      for (const record of records.slice(brought.get(key) ?? 0))
        if (record['managementEvent'] === true && record['readOnly'] === false) fresh.set(String(record['eventID']), record);
      brought.set(key, records.length);
    }
    if (fresh.size === 0) return;
    const lines = [...fresh.values()].map((record) => `${JSON.stringify(bridged(record))}\n`);
    bucket.put(`events/${String(fastObjects++).padStart(9, '0')}.jsonl`, lines.join(''), at + fastAfter);
  };

  return {
    range,
    bucket,
    runs,
    calls,
    cloud: withHistory(range.cloud, bucket),
    events: () => made,
    advance: (until) => {
      calls.push(...player.playUntil(until));
      if (fast) bring(until);
      if (until % gathered !== 0) return;
      delivery.takeFromTrails();
      brought.clear();
      const from = until - gathered;
      if (from < end) wanted += (events * background.part(Math.floor((from - start) / hour))) / (hour / gathered);
      const more = from < end ? Math.round(wanted) - made : 0;
      if (more > 0) background.work(from, gathered, more, (...event) => delivery.put(...event));
      made += Math.max(0, more);
      delivery.flush(until);
      bucket.forget(until - remembered);
    },
  };
}

/** What the guide says to prepare beforehand: a policy at the root that names the people for whom no policy of their own has room there. */
function stageDeny(range: Range, at: number): void {
  const credentials = { kind: 'root', account: range.state.organisation.management } as const;
  const call = (action: string, input: JsonObject) => {
    const outcome = range.perform({
      credentials,
      region: 'us-east-1',
      action,
      input,
      origin: { ip: '203.0.113.4', userAgent: 'aws-cli/2.17.0' },
      at,
    });
    if (outcome.error !== null) throw outcome.error;
    return outcome.output;
  };
  const condition = {
    StringLike: { 'aws:userid': ['*:nobody'] },
    ArnLike: { 'aws:PrincipalArn': 'arn:*:iam::*:role/aws-reserved/sso.amazonaws.com/*' },
  };
  const Content = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid: 'JobzeroDenySessions', Effect: 'Deny', Action: '*', Resource: '*', Condition: condition }],
  });
  const made = call('organizations:CreatePolicy', {
    Name: 'jobzero-deny-sessions',
    Description: '',
    Type: 'SERVICE_CONTROL_POLICY',
    Content,
  });
  const { Roots: [root] = [] } = call('organizations:ListRoots', {}) as { readonly Roots?: readonly JsonObject[] };
  const PolicyId = textAt(made, 'Policy', 'PolicySummary', 'Id') ?? '';
  call('organizations:AttachPolicy', { PolicyId, TargetId: root?.['Id'] ?? '' });
  // That was long before.
  for (const key of Object.keys(range.state.undelivered)) delete range.state.undelivered[key];
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html */
function bridged(record: JsonObject): JsonObject {
  const source = String(record['eventSource']);
  return {
    version: '0',
    id: record['eventID'] ?? '',
    'detail-type': source === 'signin.amazonaws.com' ? 'AWS Console Sign In via CloudTrail' : 'AWS API Call via CloudTrail',
    source: `aws.${source.split('.')[0] ?? ''}`,
    account: record['recipientAccountId'] ?? '',
    time: record['eventTime'] ?? '',
    region: record['awsRegion'] ?? '',
    resources: [],
    detail: record,
  };
}

/** The range's own history has what was called through it; daily life is only written, and what was delivered is forgotten there. */
function withHistory(cloud: Cloud, bucket: Bucket): Cloud {
  return {
    ...cloud,
    call: async (call) => {
      const answer = await cloud.call(call);
      if (call.action !== 'cloudtrail:LookupEvents') return answer;
      const { Events: found } = answer as { readonly Events: readonly JsonObject[] };
      const [attribute] = (call.input['LookupAttributes'] ?? []) as readonly JsonObject[];
      const { AttributeKey: key, AttributeValue: value } = attribute ?? {};
      const times = [call.input['StartTime'], call.input['EndTime']].map((time) => Date.parse(String(time)));
      const [from = 0, to = 0] = times;
      // What the product asks for: an event, who opened a session, what a key has opened, and who uses the name of a session.
      const told =
        key === 'EventId'
          ? found.length === 0
            ? [bucket.recordOf(String(value))]
            : []
          : key === 'ResourceName' || key === 'AccessKeyId'
            ? bucket.openings(String(value), from, to)
            : key === 'Username'
              ? bucket.sessions(String(value), from, to)
              : [];
      const more = told.filter(
        (record) =>
          record?.['managementEvent'] === true && record['recipientAccountId'] === call.account && record['awsRegion'] === call.region,
      );
      return {
        Events: [
          ...found,
          ...more.map((record) => ({
            EventId: record?.['eventID'] ?? null,
            EventName: record?.['eventName'] ?? null,
            CloudTrailEvent: JSON.stringify(record),
          })),
        ],
      };
    },
  };
}
