import type { Readable } from 'node:stream';
import { rootOf } from '../../core/collect/delivery/fence.ts';
import { CloudError, InputError } from '../../core/model/errors.ts';
import { openSender, type SenderOptions } from './sender.ts';

/** One object of a log bucket. Name and ETag together say which bytes. */
export interface LogObject {
  /** `s3://bucket/key`, the key as it is. */
  readonly uri: string;
  /** Without its quotation marks. */
  readonly etag: string;
  readonly bytes: number;
  /** When it was written, in milliseconds since 1970. */
  readonly writtenAt: number | null;
}

/** Days in UTC, the first and the last that are wanted: milliseconds since 1970, multiples of a day. */
export interface Days {
  readonly first: number;
  readonly last: number;
}

/** Log objects in S3. Only lists and gets: nothing in the bucket changes. */
export interface LogObjects {
  /**
   * All objects below `s3://bucket/prefix`; folders' placeholders are left out. With `days`, folders of other days
   * (`2026/01/31/`, AWS's own layout for CloudTrail and other logs, of an account or an organisation) are not listed.
   * Throws InputError, CloudError.
   */
  list(uri: string, days?: Days): AsyncIterable<LogObject>;
  /** One object as it is now, with the metadata that its writer gave it; null when there is none. */
  look(uri: string): Promise<(LogObject & { readonly metadata: { readonly [name: string]: string } }) | null>;
  /**
   * The object's bytes as they come. Fails with kind `conflict` when the object is no longer the one that was listed,
   * unless its version is still there. A refusal says which permission is missing.
   */
  read(object: { readonly uri: string; readonly etag?: string; readonly versionId?: string | undefined }): AsyncIterable<Uint8Array>;
  close(): void;
}

/** Reads with the credentials at hand, or with a role's; a bucket in another Region is followed there. */
export function openLogObjects(options: SenderOptions = {}): LogObjects {
  const sender = openSender(options);
  const send = (action: string, command: string, input: object) => sender.send({ service: 's3' }, action, command, input);

  async function* pages(bucket: string, prefix: string, delimiter: '/' | null): AsyncGenerator<Page> {
    let token: string | undefined;
    do {
      const page = (await send('s3:ListBucket', 'ListObjectsV2', {
        Bucket: bucket,
        Prefix: prefix,
        ...(delimiter === null ? {} : { Delimiter: delimiter }),
        ...(token === undefined ? {} : { ContinuationToken: token }),
      })) as Page;
      yield page;
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  /** Folder by folder, down to those of the wanted days, which are listed whole. */
  async function* walk(bucket: string, prefix: string, days: Days | undefined): AsyncGenerator<LogObject> {
    const folders: string[] = [];
    const flat = days === undefined || dayOf(prefix)?.length === 3;
    for await (const page of pages(bucket, prefix, flat ? null : '/')) {
      for (const object of page.Contents ?? []) {
        const found = logObject(bucket, object.Key, object);
        if (found !== null) yield found;
      }
      for (const { Prefix } of page.CommonPrefixes ?? []) if (Prefix !== undefined) folders.push(Prefix);
    }
    for (const folder of folders) if (days === undefined || isWanted(folder, days)) yield* walk(bucket, folder, days);
  }

  async function get(bucket: string, key: string, which: object): Promise<Readable | undefined> {
    try {
      return ((await send('s3:GetObject', 'GetObject', { Bucket: bucket, Key: key, ...which })) as { Body?: Readable }).Body;
    } catch (error) {
      throw error instanceof CloudError && error.kind === 'denied' ? withPermission(error, bucket, key) : error;
    }
  }

  return {
    async *list(uri, days) {
      const { bucket, prefix } = parseUri(uri);
      yield* walk(bucket, prefix, days);
    },
    async look(uri) {
      const { bucket, prefix: key } = parseUri(uri);
      try {
        const answer = (await send('s3:GetObject', 'HeadObject', { Bucket: bucket, Key: key })) as Listed & {
          readonly ContentLength?: number;
          readonly Metadata?: { readonly [name: string]: string };
        };
        const found = logObject(bucket, key, { ...answer, Size: answer.ContentLength ?? 0 });
        return found === null ? null : { ...found, metadata: answer.Metadata ?? {} };
      } catch (error) {
        if (error instanceof CloudError && isMissing(error)) return null;
        throw error instanceof CloudError && error.kind === 'denied' ? withPermission(error, bucket, key) : error;
      }
    },
    async *read({ uri, etag, versionId }) {
      const { bucket, prefix: key } = parseUri(uri);
      const body = await get(bucket, key, etag ? { IfMatch: etag } : {}).catch((error: unknown) => {
        const moved = error instanceof CloudError && (error.kind === 'conflict' || error.kind === 'not-found');
        // Overwritten or deleted since: the version itself may be there, and takes one more permission (s3:GetObjectVersion).
        if (moved && versionId !== undefined) return get(bucket, key, { VersionId: versionId });
        throw error;
      });
      if (body === undefined) return;
      try {
        for await (const part of body) yield part as Uint8Array;
      } catch (thrown) {
        throw sender.errorOf('s3:GetObject', thrown);
      }
    },
    close: () => sender.close(),
  };
}

/** An answer to HEAD has no body, so nothing but its status may say it. */
function isMissing(error: CloudError): boolean {
  const status = (error.cause as { readonly $metadata?: { readonly httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
  return error.kind === 'not-found' || status === 404;
}

interface Listed {
  readonly ETag?: string;
  readonly Size?: number;
  readonly LastModified?: Date;
}

interface Page {
  readonly Contents?: readonly (Listed & { readonly Key?: string })[];
  readonly CommonPrefixes?: readonly { readonly Prefix?: string }[];
  readonly NextContinuationToken?: string;
  readonly IsTruncated?: boolean;
}

function logObject(bucket: string, key: string | undefined, { ETag, Size = 0, LastModified }: Listed): LogObject | null {
  if (key === undefined || (key.endsWith('/') && Size === 0)) return null;
  return {
    uri: `s3://${bucket}/${key}`,
    etag: (ETag ?? '').replaceAll('"', ''),
    bytes: Size,
    writtenAt: LastModified === undefined ? null : LastModified.getTime(),
  };
}

function parseUri(uri: string): { readonly bucket: string; readonly prefix: string } {
  const root = rootOf(uri);
  if (root === null) throw new InputError('an address of log objects looks like s3://bucket/prefix', uri);
  return root;
}

/** Year, month and day of a folder that ends in a date or in its beginning. */
function dayOf(folder: string): readonly number[] | null {
  const match = /\/(20\d\d)\/(?:(0\d|1[0-2])\/(?:([0-2]\d|3[01])\/)?)?$/.exec(`/${folder}`);
  return match === null ? null : match.slice(1).flatMap((part: string | undefined) => (part === undefined ? [] : [Number(part)]));
}

function isWanted(folder: string, { first, last }: Days): boolean {
  const [year, month, day] = dayOf(folder) ?? [];
  if (year === undefined) return true;
  const from = Date.UTC(year, (month ?? 1) - 1, day ?? 1);
  const to = month === undefined ? Date.UTC(year + 1, 0, 1) : day === undefined ? Date.UTC(year, month, 1) : from + 1;
  return from <= last && to > first;
}

/**
 * S3 answers AccessDenied for a key of KMS as well; the message may name the action and the key.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
 */
function withPermission(error: CloudError, bucket: string, key: string): CloudError {
  const kms = /kms:Decrypt/i.test(error.message);
  const keyArn = /arn:[a-z-]+:kms:[^\s"]+/.exec(error.message)?.[0]?.replace(/[.,;)]+$/, '');
  const says = kms
    ? `the object is encrypted, and kms:Decrypt is missing${keyArn === undefined ? '' : ` on ${keyArn}`}: allow it in the role's policy and in the key's`
    : `s3:GetObject is missing on arn:aws:s3:::${bucket}/${key}, or kms:Decrypt on the key that encrypts it`;
  return new CloudError(error.kind, error.code, error.action, `${error.action}: ${says}`, { cause: error });
}
