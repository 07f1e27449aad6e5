import { isLogName } from '../../core/collect/delivery/log-name.ts';
import type { NamedObject } from '../../core/collect/delivery/read-message.ts';
import { CloudError } from '../../core/model/errors.ts';
import { BrokenStream, type LogObject, type LogObjects, NotNow } from '../../core/ports/log-objects.ts';
import { type LogObjects as Bucket, type Days, openLogObjects } from '../../edge/aws/log-objects.ts';
import type { SenderOptions } from '../../edge/aws/sender.ts';
import { withParquet } from '../../edge/duckdb/parquet-logs.ts';
import { inflated } from '../../edge/files/inflated.ts';
import type { LogsChoice } from '../wires.ts';

const day = 86_400_000;

/** The credentials and places of a choice, as edges take them. */
export function senderOptions(choice: LogsChoice): SenderOptions {
  return {
    profile: choice.profile ?? undefined,
    endpointUrl: choice.endpointUrl ?? undefined,
    regions: choice.regions ?? undefined,
    roleArn: choice.roleArn ?? undefined,
    externalId: process.env['JOBZERO_EXTERNAL_ID'],
  };
}

export interface S3Logs extends LogObjects {
  /** What a message names, as a log object; null when it is gone, or is no log. */
  find(object: NamedObject): Promise<LogObject | null>;
}

/**
 * Log objects of buckets; only listed and read, nothing in a bucket changes. With days, what lies in folders of other
 * days is not listed. `again` leaves out old days when a root is listed once more: what is delivered comes into a new folder.
 */
export function s3Logs(choice: LogsChoice, { days, again = false }: { readonly days?: Days; readonly again?: boolean } = {}): S3Logs {
  const bucket = openLogObjects(senderOptions(choice));
  const listed = new Set<string>();
  const parquet = withParquet({
    async *list() {},
    whole: async () => null,
    chunks: (object) => inflated(bytesOf(bucket, object)),
  });
  return {
    async *list(roots) {
      for (const root of roots) {
        const wanted = again && listed.has(root) ? { first: Date.now() - 2 * day, last: Date.now() + day } : days;
        for await (const object of bucket.list(root, wanted)) if (isLogName(object.uri)) yield logObject(object);
        listed.add(root);
      }
    },
    whole: async () => null,
    chunks: (object) => parquet.chunks(object),
    async find({ bucket: name, key, etag, versionId, size, at }) {
      const uri = `s3://${name}/${key}`;
      if (!isLogName(uri)) return null;
      if (etag === null) {
        const found = await bucket.look(uri);
        return found === null ? null : logObject(found);
      }
      return { name: uri, size, version: etag, ...(at === null ? {} : { availableAt: at }), ...(versionId === null ? {} : { versionId }) };
    },
  };
}

function logObject({ uri, etag, bytes, writtenAt }: { uri: string; etag: string; bytes: number; writtenAt: number | null }): LogObject {
  return { name: uri, size: bytes, version: etag, ...(writtenAt === null ? {} : { availableAt: writtenAt }) };
}

async function* bytesOf(bucket: Bucket, { name, version, versionId }: LogObject): AsyncGenerator<Uint8Array> {
  try {
    yield* bucket.read({ uri: name, etag: version, versionId });
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    const gone = (error.kind === 'not-found' && error.code !== 'NoSuchBucket') || error.kind === 'conflict';
    if (!gone) throw new NotNow(error.message, { cause: error });
    throw new BrokenStream(error.kind === 'conflict' ? 'it was overwritten since it was named' : 'it was deleted since it was named', {
      cause: error,
    });
  }
}
