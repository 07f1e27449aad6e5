import { mkdir, realpath, rm } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Lake } from '../../core/ports/lake.ts';
import type { LakeDeps } from './lake-deps.ts';
import { readLake } from './lake-read.ts';
import { indexPairs, scanLake } from './lake-scan.ts';
import { writeLake } from './lake-write.ts';
import { makeScratchFolder } from './scratch-folder.ts';
import { asPattern, literal } from './sql.ts';

export interface LakeOptions {
  /** Made when it is not there. The manifest's paths are relative to it. */
  readonly folder: string;
  /** MB that DuckDB may hold in memory; beyond that it spills into the folder. 512 unless given. */
  readonly memory?: number;
}

/**
 * The lake in a local folder: Parquet files by DuckDB, which may touch this folder, load nothing and open no network.
 * The folder may be shared by processes.
 */
export async function openLake(options: LakeOptions): Promise<Lake> {
  const { memory = 512 } = options;
  await mkdir(options.folder, { recursive: true });
  const folder = await realpath(options.folder);
  const scratch = await makeScratchFolder(folder);
  const open = (name: string, settings: { readonly [name: string]: string }) => openDuckdb(folder, `${scratch}/${name}`, settings);
  const duckdb = await open('spill', { memory_limit: `${memory}MB`, threads: '2', preserve_insertion_order: 'false' });
  // One thread, and rows in their order: who writes a batch again puts the same bytes under the name that the manifest knows.
  const writer = await open('spill-written', { memory_limit: `${memory}MB`, threads: '1', preserve_insertion_order: 'true' });
  const deps: LakeDeps = { duckdb, folder, scratch, slice: memory * 200 };
  return {
    write: (tenant, batch, rows) => writeLake({ ...deps, duckdb: writer }, tenant, batch, rows),
    read: (files, from, to) => readLake(deps, files, from, to),
    indexPairs: (files, from, to, most) => indexPairs(deps, files, from, to, most),
    scan: (files, from, to, wanted) => scanLake(deps, files, from, to, wanted),
    async close() {
      duckdb.closeSync();
      writer.closeSync();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

async function openDuckdb(folder: string, spill: string, settings: { readonly [name: string]: string }): Promise<DuckDBInstance> {
  const duckdb = await DuckDBInstance.create(':memory:', {
    ...settings,
    temp_directory: spill,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await duckdb.connect();
  // Compared as texts, so the folder is named once as it is and once as it reads inside a pattern.
  await connection.run(`set allowed_directories = [${literal(`${folder}/`)}, ${literal(asPattern(`${folder}/`))}]`);
  await connection.run('set global parquet_metadata_cache = true');
  await connection.run('set enable_external_access = false');
  await connection.run('set lock_configuration = true');
  connection.closeSync();
  return duckdb;
}
