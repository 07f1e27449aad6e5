import { partitionOf } from '../../lib/arn.ts';
import type { Resource, Unread } from '../../model/resource.ts';
import type { Cloud } from '../../ports/cloud.ts';
import { sorted } from './answer.ts';
import { readAccount } from './read-account.ts';
import { readCloudTrail } from './read-cloudtrail.ts';
import { readInstances, readSecurityGroups } from './read-ec2.ts';
import { readIam } from './read-iam.ts';
import { readS3 } from './read-s3.ts';
import { readTagged } from './read-tagged.ts';
import { limitTo, type Reader, readingOf, unreadOf } from './reading.ts';

const readers: readonly Reader[] = [readAccount, readIam, readS3, readSecurityGroups, readInstances, readCloudTrail, readTagged];

/** Every IAM action that an inventory calls, sorted. */
export const inventoryReads: readonly string[] = [...new Set(readers.flatMap(({ calls }) => calls))].sort();

export interface InventoryProgress {
  /** Lists that are read, of how many; a list is one kind of resources in one Region. */
  readonly done: number;
  readonly total: number;
  readonly account: string;
  readonly region: string;
}

export interface Inventory {
  readonly resources: readonly Resource[];
  readonly unread: readonly Unread[];
}

/** AWS calls that are under way at once. The adapter's buckets hold the rate; this bounds memory and sockets. */
const atOnce = 24;

/**
 * Reads IAM, S3, EC2's security groups and instances, CloudTrail, and the tags of other types of one account: each list once per Region. A list or a
 * property that cannot be read is named with the permission that was missing, and the rest is read. Throws nothing but
 * what `onProgress` throws.
 */
export async function takeInventory(
  cloud: Cloud,
  account: string,
  regions: readonly string[],
  options: { readonly onProgress?: (progress: InventoryProgress) => void } = {},
): Promise<Inventory> {
  const ordered = [...new Set(regions)].sort();
  const partition = partitionOf(ordered[0] ?? 'us-east-1');
  const limit = limitTo(atOnce);
  const lists = readers.flatMap((reader) => (reader.per === 'account' ? ['aws-global'] : ordered).map((region) => ({ reader, region })));
  const resources: Resource[] = [];
  const unread: Unread[] = [];
  let done = 0;
  await Promise.all(
    lists.map(async ({ reader, region }) => {
      try {
        const found = await reader.read(readingOf(cloud, account, partition, region, ordered, limit));
        for (const resource of found) resources.push(resource);
      } catch (error) {
        unread.push(unreadOf(account, region, reader, error));
      }
      done++;
      options.onProgress?.({ done, total: lists.length, account, region });
    }),
  );
  return { resources: withTrails(resources, unread), unread };
}

/** The account gets the list of its trails, so that a control can miss one. Where a Region's list was not read, `otherTrails` is unread. */
function withTrails(resources: readonly Resource[], unread: readonly Unread[]): readonly Resource[] {
  const trails = resources
    .filter(({ type }) => type === 'AWS::CloudTrail::Trail')
    .map(({ uid, name, props }) => ({ uid, name, isMultiRegion: props['isMultiRegion'] ?? null, isLogging: props['isLogging'] ?? null }));
  const missed = unread.find(({ types }) => types.includes('AWS::CloudTrail::Trail'));
  return resources.map((resource) =>
    resource.type === 'AWS::::Account'
      ? {
          ...resource,
          props: { ...resource.props, trails: sorted(trails) },
          unread: { ...resource.unread, ...(missed === undefined ? {} : { otherTrails: missed.permission }) },
        }
      : resource,
  );
}
