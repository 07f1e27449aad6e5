import { idOf, sha256 } from '../../core/lib/hash.ts';
import { InputError } from '../../core/model/errors.ts';
import type { Source } from '../../core/model/source.ts';
import type { LakeFile } from '../../core/ports/lake.ts';
import { toStored } from './lake-text.ts';

export const hourMs = 3_600_000;

export interface Partition {
  readonly tenant: string;
  readonly account: string;
  readonly source: Source;
  /** Start of the hour in milliseconds since 1970. */
  readonly hour: number;
}

/**
 * The folder of a partition, relative to the lake, in Hive's form. Account and source are text from logs that anyone may
 * have written: what is not a letter, a digit, `_`, `-` or `.` is percent-encoded by its UTF-8 bytes, and a long value
 * ends in `~` and a hash. Two partitions never share a folder.
 */
export function folderOf({ tenant, account, source, hour }: Partition): string {
  const when = new Date(hour).toISOString().replace(/:.*/, '');
  return `tenant=${segment(tenant)}/account=${segment(account)}/source=${segment(source)}/hour=${segment(when)}`;
}

/** A file's path relative to the lake: the same batch and partition, the same path. */
export function pathOf(partition: Partition, batch: string): string {
  const { tenant, account, source, hour } = partition;
  return `${folderOf(partition)}/${idOf('lake', batch, tenant, account, source, hour)}.parquet`;
}

/** Throws InputError unless the file's path is one that `pathOf` gives for its fields: the manifest may not lead elsewhere. */
export function checkPath(file: LakeFile): void {
  const folder = folderOf(file);
  if (!file.path.startsWith(`${folder}/`) || !/^[0-9a-f]{32}\.parquet$/.test(file.path.slice(folder.length + 1))) {
    throw new InputError(`is not a file of the lake in ${folder}`, file.path);
  }
}

function segment(value: string): string {
  let encoded = '';
  for (const byte of Buffer.from(toStored(value), 'utf8')) {
    const character = String.fromCharCode(byte);
    encoded += /[A-Za-z0-9_.-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded.length <= 100 ? encoded : `${encoded.slice(0, 60)}~${sha256(toStored(value)).slice(0, 32)}`;
}
