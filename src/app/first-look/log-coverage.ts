import { listAt, textAt, valueAt } from '../../core/lib/json-at.ts';
import { CloudError } from '../../core/model/errors.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import { type LogSource, type LogSourceId, logSources } from '../../core/model/log-source.ts';
import type { Cloud } from '../../core/ports/cloud.ts';

/** `partly`: on for some of what it could cover. `unknown`: it could not be read; `missing` names the permission. */
export type LogState =
  | { readonly state: 'on' | 'partly' | 'off'; readonly says: string }
  | { readonly state: 'unknown'; readonly missing: string; readonly says: string };

export type LogCoverage = LogSource & { readonly account: string } & LogState;

/** Which logs of an account are written, one row for each log that detection needs; read-only calls. */
export async function readLogCoverage(
  cloud: Pick<Cloud, 'call'>,
  account: string,
  regions: readonly string[],
): Promise<readonly LogCoverage[]> {
  const read = (region: string, action: string, input: JsonObject = {}): Promise<Json> =>
    cloud.call({ account, region, action, input, role: 'reader' });
  const trails = await attempt('cloudtrail:DescribeTrails', () => readTrails(read, regions));
  const states: { readonly [id in LogSourceId]: LogState } = {
    'cloudtrail.management': isUnknown(trails) ? trails : managementState(trails, regions),
    'cloudtrail.data.s3': isUnknown(trails) ? trails : dataState(trails, 'AWS::S3::Object'),
    'cloudtrail.data.lambda': isUnknown(trails) ? trails : dataState(trails, 'AWS::Lambda::Function'),
    'vpc.flow': await attempt('ec2:DescribeFlowLogs', () => flowState(read, regions)),
    'route53.resolver': notRead('route53resolver:ListResolverQueryLogConfigs'),
    's3.access': await attempt('s3:GetBucketLogging', () => accessState(read, regions[0] ?? 'us-east-1')),
    'eks.audit': notRead('eks:DescribeCluster'),
    'rds.audit': notRead('rds:DescribeDBInstances'),
  };
  return logSources.map((source) => ({ ...source, account, ...states[source.id] }));
}

type Read = (region: string, action: string, input?: JsonObject) => Promise<Json>;

interface Trail {
  readonly logging: boolean;
  readonly management: boolean;
  readonly multiRegion: boolean;
  readonly region: string;
  /** Types of data events that it takes for all resources or for some. */
  readonly data: ReadonlyMap<string, 'all' | 'some'>;
}

async function readTrails(read: Read, regions: readonly string[]): Promise<readonly Trail[]> {
  const trails = new Map<string, Trail>();
  for (const region of regions) {
    for (const entry of listAt(await read(region, 'cloudtrail:DescribeTrails'), 'trailList')) {
      const arn = textAt(entry, 'TrailARN') ?? '';
      const home = textAt(entry, 'HomeRegion') ?? region;
      // A trail of all Regions is listed in each of them; its home Region alone tells its status.
      if (trails.has(arn) || home !== region) continue;
      const status = await read(home, 'cloudtrail:GetTrailStatus', { Name: arn });
      const selectors = await read(home, 'cloudtrail:GetEventSelectors', { TrailName: arn });
      trails.set(arn, {
        logging: valueAt(status, 'IsLogging') === true,
        multiRegion: valueAt(entry, 'IsMultiRegionTrail') === true,
        region: home,
        ...selectorsOf(selectors),
      });
    }
  }
  return [...trails.values()];
}

/** Both forms of selectors: the basic ones and the advanced ones. */
function selectorsOf(answer: Json): { readonly management: boolean; readonly data: ReadonlyMap<string, 'all' | 'some'> } {
  const data = new Map<string, 'all' | 'some'>();
  let management = false;
  for (const selector of listAt(answer, 'EventSelectors')) {
    if (valueAt(selector, 'IncludeManagementEvents') !== false) management = true;
    for (const resource of listAt(selector, 'DataResources')) {
      const values = valueAt(resource, 'Values');
      const all =
        Array.isArray(values) && values.some((value) => typeof value === 'string' && /^arn:[a-z-]+:(s3|lambda)(:::)?$/.test(value));
      note(data, textAt(resource, 'Type') ?? '', all ? 'all' : 'some');
    }
  }
  for (const selector of listAt(answer, 'AdvancedEventSelectors')) {
    const fields = listAt(selector, 'FieldSelectors');
    const equals = (name: string): readonly Json[] => {
      const found = fields.find((entry) => (textAt(entry, 'Field') ?? '') === name);
      const values = found === undefined ? [] : valueAt(found, 'Equals');
      return Array.isArray(values) ? values : [];
    };
    if (equals('eventCategory').includes('Management')) management = true;
    const narrowed = fields.some((entry) => !['eventCategory', 'resources.type'].includes(textAt(entry, 'Field') ?? ''));
    for (const type of equals('resources.type')) if (typeof type === 'string') note(data, type, narrowed ? 'some' : 'all');
  }
  return { management, data };
}

function note(data: Map<string, 'all' | 'some'>, type: string, how: 'all' | 'some'): void {
  if (data.get(type) !== 'all') data.set(type, how);
}

function managementState(trails: readonly Trail[], regions: readonly string[]): LogState {
  const working = trails.filter((trail) => trail.logging && trail.management);
  if (working.some((trail) => trail.multiRegion)) return { state: 'on', says: 'A trail of all Regions is logging.' };
  const covered = new Set(working.map((trail) => trail.region));
  if (covered.size === 0) return { state: 'off', says: trails.length === 0 ? 'There is no trail.' : 'No trail is logging.' };
  return {
    state: covered.size >= regions.length ? 'on' : 'partly',
    says: `Trails are logging in ${covered.size} of ${regions.length} Regions.`,
  };
}

function dataState(trails: readonly Trail[], type: string): LogState {
  const how = trails.flatMap((trail) => (trail.logging ? [trail.data.get(type)] : []));
  if (how.includes('all')) return { state: 'on', says: 'A trail takes them for all resources.' };
  if (how.includes('some')) return { state: 'partly', says: 'A trail takes them for some resources.' };
  return { state: 'off', says: 'No trail takes them.' };
}

async function flowState(read: Read, regions: readonly string[]): Promise<LogState> {
  let all = 0;
  let covered = 0;
  for (const region of regions) {
    const vpcs = listAt(await read(region, 'ec2:DescribeVpcs'), 'Vpcs').map((vpc) => textAt(vpc, 'VpcId') ?? '');
    if (vpcs.length === 0) continue;
    const logs = listAt(await read(region, 'ec2:DescribeFlowLogs'), 'FlowLogs');
    const logged = new Set(
      logs.filter((log) => (textAt(log, 'FlowLogStatus') ?? '') === 'ACTIVE').map((log) => textAt(log, 'ResourceId') ?? ''),
    );
    all += vpcs.length;
    covered += vpcs.filter((vpc) => logged.has(vpc)).length;
  }
  if (all === 0) return { state: 'on', says: 'There is no VPC.' };
  return { state: covered === all ? 'on' : covered === 0 ? 'off' : 'partly', says: `${covered} of ${all} VPCs have one as a whole.` };
}

async function accessState(read: Read, region: string): Promise<LogState> {
  const buckets = listAt(await read(region, 's3:ListAllMyBuckets'), 'Buckets').map((bucket) => textAt(bucket, 'Name') ?? '');
  if (buckets.length === 0) return { state: 'on', says: 'There is no bucket.' };
  let covered = 0;
  for (const bucket of buckets) {
    const answer = await read(region, 's3:GetBucketLogging', { Bucket: bucket });
    const enabled = valueAt(answer, 'LoggingEnabled');
    if (enabled !== null) covered++;
  }
  return {
    state: covered === buckets.length ? 'on' : covered === 0 ? 'off' : 'partly',
    says: `${covered} of ${buckets.length} buckets write them.`,
  };
}

const notRead = (missing: string): LogState => ({ state: 'unknown', missing, says: 'This is not read yet.' });

function isUnknown(value: readonly Trail[] | LogState): value is LogState {
  return !Array.isArray(value);
}

/** What AWS refused becomes Unknown with the permission that was missing; never "off". */
async function attempt<T>(action: string, work: () => Promise<T>): Promise<T | LogState> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return {
      state: 'unknown',
      missing: error.action === '' ? action : error.action,
      says: error.kind === 'unsupported' ? 'This is not read yet.' : `AWS answered ${error.code}.`,
    };
  }
}
