import { CloudError, InputError } from '../../core/model/errors.ts';
import type { Witness } from '../../core/ports/witness.ts';
import { openSender, type SenderOptions } from './sender.ts';

/** Sizes in names have so many digits, so that names have the order of sizes. */
const digits = 16;

/**
 * Keeps each checkpoint as an object of its own, `<prefix><size>.txt`, that is never written over; with S3 Object Lock in the bucket nobody can delete
 * one before its time. Needs `s3:PutObject`, `s3:GetObject` and `s3:ListBucket`. Throws InputError for an address that is none.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function openCheckpointBucket(uri: string, options: SenderOptions = {}): Witness {
  const [, bucket = '', path = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(uri) ?? [];
  if (bucket === '') throw new InputError('an address of a bucket looks like s3://bucket/prefix', uri);
  const prefix = path === '' || path.endsWith('/') ? path : `${path}/`;
  const sender = openSender(options);
  const send = (action: string, command: string, input: object) =>
    sender.send({ service: 's3' }, action, command, { Bucket: bucket, ...input });
  return {
    name: uri,
    async keep({ size, note }) {
      const key = `${prefix}${String(size).padStart(digits, '0')}.txt`;
      try {
        await send('s3:PutObject', 'PutObject', { Key: key, Body: note, ContentType: 'text/plain; charset=utf-8', IfNoneMatch: '*' });
      } catch (error) {
        // 412: the object is there already.
        if (!(error instanceof CloudError && (error.kind === 'conflict' || error.code === 'PreconditionFailed'))) throw error;
      }
    },
    async latest() {
      let last: string | undefined;
      let after: string | undefined;
      for (;;) {
        const page = (await send('s3:ListBucket', 'ListObjectsV2', {
          Prefix: prefix,
          ...(after === undefined ? {} : { StartAfter: after }),
        })) as { readonly Contents?: readonly { readonly Key?: string }[]; readonly IsTruncated?: boolean };
        const keys = (page.Contents ?? []).flatMap(({ Key }) => Key ?? []);
        last = keys.filter((key) => key.endsWith('.txt')).at(-1) ?? last;
        after = keys.at(-1);
        if (page.IsTruncated !== true || after === undefined) break;
      }
      if (last === undefined) return null;
      const { Body } = (await send('s3:GetObject', 'GetObject', { Key: last })) as {
        readonly Body: { transformToString(): Promise<string> };
      };
      return Body.transformToString();
    },
    close: () => sender.close(),
  };
}
