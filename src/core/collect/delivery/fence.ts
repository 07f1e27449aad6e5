import type { NamedObject } from './read-message.ts';

/** A bucket and the beginning that keys must have. */
export interface Root {
  readonly bucket: string;
  readonly prefix: string;
}

/** `s3://bucket/prefix` in its parts; null for anything else. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export function rootOf(uri: string): Root | null {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/s.exec(uri);
  return match?.[1] === undefined ? null : { bucket: match[1], prefix: match[2] ?? '' };
}

/** Why an object that a message names is not read, or null when it lies below one of the roots. Keys are compared as they are. */
export function whyOutside({ bucket, key }: NamedObject, roots: readonly Root[]): string | null {
  const here = roots.filter((root) => root.bucket === bucket);
  if (here.length === 0) return 'it names a bucket that is not among those to read from';
  return here.some(({ prefix }) => key.startsWith(prefix)) ? null : 'it names a key outside of the prefixes to read from';
}
