import { textAt } from '../../lib/json-at.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { flag, objects, sorted } from './answer.ts';
import { type Reader, type Reading, resourceOf } from './reading.ts';

/** Trails, each in its home Region; organisation trails are seen in member accounts as copies. */
export const readCloudTrail: Reader = {
  action: 'cloudtrail:DescribeTrails',
  types: ['AWS::CloudTrail::Trail'],
  per: 'region',
  calls: ['cloudtrail:DescribeTrails', 'cloudtrail:GetTrailStatus', 'cloudtrail:GetEventSelectors'],
  async read(reading) {
    const trails = objects(await reading.call('cloudtrail:DescribeTrails', { includeShadowTrails: true }), 'trailList');
    return reading.each(
      trails.filter((trail) => isReadHere(reading, trail)),
      (trail) => trailOf(reading, trail),
    );
  },
};

/** A multi-Region trail is listed in every Region; its home reads it, or the first Region when the home is not read. */
function isReadHere({ region, regions }: Reading, trail: JsonObject): boolean {
  const home = textAt(trail, 'HomeRegion') ?? region;
  return region === (regions.includes(home) ? home : regions[0]);
}

async function trailOf({ account, region, property }: Reading, trail: JsonObject) {
  const name = textAt(trail, 'Name') ?? '';
  const uid = textAt(trail, 'TrailARN') ?? name;
  // A copy of a trail answers to its ARN only.
  const [isLogging, selectors] = await Promise.all([
    property('cloudtrail:GetTrailStatus', { Name: uid }, (answer) => flag(answer, 'IsLogging')),
    property('cloudtrail:GetEventSelectors', { TrailName: uid }, (answer) => ({
      basic: sorted([...objects(answer, 'EventSelectors')]),
      advanced: sorted([...objects(answer, 'AdvancedEventSelectors')]),
    })),
  ]);
  return resourceOf(
    { uid, type: 'AWS::CloudTrail::Trail', name, account, region: textAt(trail, 'HomeRegion') ?? region },
    {
      bucket: textAt(trail, 'S3BucketName'),
      prefix: textAt(trail, 'S3KeyPrefix'),
      topic: textAt(trail, 'SnsTopicARN'),
      logGroup: textAt(trail, 'CloudWatchLogsLogGroupArn'),
      logRole: textAt(trail, 'CloudWatchLogsRoleArn'),
      globalEvents: flag(trail, 'IncludeGlobalServiceEvents'),
      isMultiRegion: flag(trail, 'IsMultiRegionTrail'),
      isOrganization: flag(trail, 'IsOrganizationTrail'),
      logFileValidation: flag(trail, 'LogFileValidationEnabled'),
      kmsKey: textAt(trail, 'KmsKeyId'),
      homeRegion: textAt(trail, 'HomeRegion'),
    } satisfies { [property: string]: Json },
    { isLogging, selectors },
  );
}
