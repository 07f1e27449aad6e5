import type { LogObjects } from '../../core/ports/log-objects.ts';

/** A file that has not changed for so long is taken as written. */
const restMs = 5_000;
/** One that never rests is read as it is, now and then; what comes after is read with its next version. */
const patienceMs = 60_000;

/**
 * Files of watched folders: each is given when it has come to rest, that is, when it is as it was in the listing before
 * or was written some time ago. So what is copied slowly is not read halfway. Files are made visible at once by renaming.
 */
export function settledFiles(files: LogObjects, now: () => number): LogObjects {
  const seen = new Map<string, { readonly version: string; readonly restless: number }>();
  return {
    ...files,
    async *list(roots) {
      for await (const object of files.list(roots)) {
        const before = seen.get(object.name);
        const rests = before?.version === object.version || now() - (object.availableAt ?? 0) >= restMs;
        const since = before?.restless ?? now();
        const patient = now() - since < patienceMs;
        seen.set(object.name, { version: object.version, restless: rests || !patient ? now() : since });
        if (rests || !patient) yield object;
      }
    },
  };
}
