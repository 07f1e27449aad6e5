import { readPackedFile, writePackedFile } from '../../edge/files/packed-file.ts';
import { openArchive } from '../../edge/postgres/open-archive.ts';
import { backup as backUp } from '../backup.ts';
import type { OnProgress } from '../on-progress.ts';
import { restore as restoreFrom } from '../restore.ts';
import type { BackupSummary } from '../wires.ts';
import type { Env } from './home.ts';
import { databaseOf } from './state.ts';

/** `jobzero backup FILE`: all state in one file that any later version can restore. */
export function backup(file: string, onProgress: OnProgress, env: Env): Promise<BackupSummary> {
  return withArchive(env, file, async (archive) => {
    const { result, bytes } = await writePackedFile(file, (write) =>
      backUp({ archive, takenAt: Date.now(), write, onProgress: (done, total) => onProgress({ done, total, doing: 'writing rows' }) }),
    );
    return { ...result, bytes };
  });
}

/** `jobzero restore FILE`: into an empty database; a damaged file is refused before anything is written. */
export function restore(file: string, onProgress: OnProgress, env: Env): Promise<BackupSummary> {
  return withArchive(env, file, async (archive) => {
    const { stat } = await import('node:fs/promises');
    const result = await restoreFrom({
      archive,
      read: () => readPackedFile(file),
      onProgress: (done, total) => onProgress({ done, total, doing: 'reading rows' }),
    });
    return { ...result, bytes: (await stat(file)).size };
  });
}

async function withArchive(
  env: Env,
  file: string,
  work: (
    archive: Awaited<ReturnType<typeof openArchive>>,
  ) => Promise<{ readonly tables: number; readonly rows: number; readonly bytes: number }>,
): Promise<BackupSummary> {
  const started = performance.now();
  const server = await databaseOf(env);
  try {
    const archive = await openArchive({ url: server.url });
    try {
      return { file, ...(await work(archive)), seconds: (performance.now() - started) / 1000 };
    } finally {
      await archive.close();
    }
  } finally {
    await server.stop();
  }
}
