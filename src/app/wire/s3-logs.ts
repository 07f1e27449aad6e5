import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CloudError } from '../../core/model/errors.ts';
import { BrokenStream, type LogObject, type LogObjects } from '../../core/ports/log-objects.ts';
import { openLogObjects } from '../../edge/aws/log-objects.ts';
import type { AwsChoice } from '../wires.ts';

/** Log objects of a bucket; only listed and read, nothing in the bucket changes. */
export function s3Logs(choice: AwsChoice): LogObjects {
  const bucket = openLogObjects({
    profile: choice.profile ?? undefined,
    endpointUrl: choice.endpointUrl ?? undefined,
    regions: choice.regions ?? undefined,
  });
  return {
    async *list(roots) {
      for (const root of roots) {
        for await (const { uri, etag, bytes } of bucket.list(root)) {
          if (/\.(json|jsonl|ndjson|log)(\.gz)?$/i.test(uri) && !uri.includes('_CloudTrail-Digest_'))
            yield { name: uri, size: bytes, version: etag };
        }
      }
    },
    whole: async () => null,
    chunks: (object) => chunksOf(bucket.read({ uri: object.name, etag: object.version, bytes: object.size }), object),
  };
}

async function* chunksOf(bytes: AsyncIterable<Uint8Array>, object: LogObject): AsyncGenerator<Uint8Array> {
  try {
    if (!object.name.endsWith('.gz')) yield* bytes;
    else for await (const chunk of Readable.from(bytes).compose(createGunzip({ chunkSize: 1 << 18 }))) yield chunk as Buffer;
  } catch (error) {
    if (error instanceof CloudError) throw new BrokenStream(`cannot be read: ${error.message}`, { cause: error });
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw code.startsWith('Z_') ? new BrokenStream('the gzip stream is cut off or damaged', { cause: error }) : error;
  }
}
