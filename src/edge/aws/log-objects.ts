import type { Readable } from 'node:stream';
import { InputError } from '../../core/model/errors.ts';
import { attemptsOf } from './attempts.ts';
import { openClients } from './clients.ts';
import { cloudErrorOf } from './cloud-error-of.ts';
import type { AwsOptions } from './open-aws.ts';
import { openPacer } from './pacer.ts';

/** One object of a log bucket. Name and ETag together say which bytes. */
export interface LogObject {
  /** `s3://bucket/key`, the key as it is. */
  readonly uri: string;
  readonly etag: string;
  readonly bytes: number;
}

/** Log objects in S3. Only lists and gets: nothing in the bucket changes. */
export interface LogObjects {
  /** All objects below `s3://bucket/prefix`, in key order; folders' placeholders are left out. Throws InputError, CloudError. */
  list(uri: string): AsyncIterable<LogObject>;
  /** The object's bytes as they come. Fails with kind `conflict` when the object is no longer the one that was listed. */
  read(object: Pick<LogObject, 'uri'> & Partial<LogObject>): AsyncIterable<Uint8Array>;
  close(): void;
}

/** Reads with the credentials themselves (no role is assumed); a bucket in another Region is followed there. */
export function openLogObjects(options: AwsOptions = {}): LogObjects {
  const emulated = options.endpointUrl !== undefined;
  const clients = openClients(options);
  const attempt = attemptsOf(options.maxAttempts ?? (emulated ? 1 : 5), options.pacer ?? openPacer(), emulated);
  let home: Promise<string> | undefined;

  async function send(action: string, command: string, input: object): Promise<unknown> {
    home ??= options.regions?.[0] === undefined ? clients.homeRegion() : Promise.resolve(options.regions[0]);
    const region = await home;
    return attempt({ account: '', service: 's3', region, action }, () =>
      clients.send({ service: 's3', region, key: 'self', credentials: options.credentials }, command, input),
    );
  }

  return {
    async *list(uri) {
      const { bucket, key } = parseUri(uri);
      let token: string | undefined;
      do {
        const page = (await send('s3:ListBucket', 'ListObjectsV2', {
          Bucket: bucket,
          Prefix: key,
          ...(token === undefined ? {} : { ContinuationToken: token }),
        })) as {
          Contents?: readonly { Key?: string; ETag?: string; Size?: number }[];
          NextContinuationToken?: string;
          IsTruncated?: boolean;
        };
        for (const { Key, ETag, Size } of page.Contents ?? []) {
          if (Key === undefined || (Key.endsWith('/') && (Size ?? 0) === 0)) continue;
          yield { uri: `s3://${bucket}/${Key}`, etag: ETag ?? '', bytes: Size ?? 0 };
        }
        token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      } while (token !== undefined);
    },
    async *read({ uri, etag }) {
      const { bucket, key } = parseUri(uri);
      const answer = (await send('s3:GetObject', 'GetObject', { Bucket: bucket, Key: key, ...(etag ? { IfMatch: etag } : {}) })) as {
        Body?: Readable;
      };
      if (answer.Body === undefined) return;
      try {
        for await (const part of answer.Body) yield part as Uint8Array;
      } catch (thrown) {
        throw cloudErrorOf('s3:GetObject', thrown, emulated);
      }
    },
    close: () => clients.close(),
  };
}

function parseUri(uri: string): { bucket: string; key: string } {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/s.exec(uri);
  if (match?.[1] === undefined) throw new InputError('an address of log objects looks like s3://bucket/prefix', uri);
  return { bucket: match[1], key: match[2] ?? '' };
}
