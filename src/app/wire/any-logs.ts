import type { LogObject, LogObjects } from '../../core/ports/log-objects.ts';
import { withParquet } from '../../edge/duckdb/parquet-logs.ts';

const isS3 = (name: string) => name.startsWith('s3://');

/** Files and buckets together: an object's name says where it is. */
export function anyLogs(files: LogObjects, buckets: LogObjects): LogObjects {
  const local = withParquet(files);
  const of = ({ name }: LogObject) => (isS3(name) ? buckets : local);
  return {
    async *list(roots) {
      yield* files.list(roots.filter((root) => !isS3(root)));
      yield* buckets.list(roots.filter(isS3));
    },
    whole: (object) => of(object).whole(object),
    chunks: (object) => of(object).chunks(object),
  };
}
