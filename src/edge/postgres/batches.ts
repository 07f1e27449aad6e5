import { sql } from 'kysely';
import type { Source } from '../../core/model/source.ts';
import type { Batches } from '../../core/ports/store.ts';
import type { Scope } from './scope.ts';

const hour = 3_600_000;

export function batchesIn({ db, tenant }: Scope): Batches {
  return {
    async begin(batch) {
      const row = await db
        .insertInto('batches')
        .values({ tenant_id: tenant, batch, is_done: false, objects: 0, events: 0, set_aside: 0 })
        // An update that changes nothing, so that the row is locked and returned.
        .onConflict((conflict) => conflict.columns(['tenant_id', 'batch']).doUpdateSet((eb) => ({ batch: eb.ref('excluded.batch') })))
        .returning('is_done')
        .executeTakeFirstOrThrow();
      return !row.is_done;
    },
    async beginAll(batches) {
      // In one order everywhere, so that two who begin the same ones wait for each other and do not deadlock.
      const { rows } = await sql<{ batch: string }>`
        with begun as (
          insert into jobzero.batches (tenant_id, batch, is_done)
          select ${tenant}, batch, false from unnest(${[...new Set(batches)].sort()}::text[]) as batch
          on conflict (tenant_id, batch) do update set batch = excluded.batch
          returning batch, is_done
        )
        select batch from begun where not is_done`.execute(db);
      const open = new Set(rows.map((row) => row.batch));
      return batches.filter((batch) => open.has(batch));
    },
    async doneAll(batches) {
      await sql`
        insert into jobzero.batches (tenant_id, batch, is_done)
        select ${tenant}, batch, true from unnest(${[...new Set(batches)].sort()}::text[]) as batch
        on conflict (tenant_id, batch) do update set is_done = true`.execute(db);
    },
    async done(batch, files, counts) {
      const values = { is_done: true, objects: counts.objects, events: counts.events, set_aside: counts.setAside };
      await db
        .insertInto('batches')
        .values({ tenant_id: tenant, batch, ...values })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'batch']).doUpdateSet(values))
        .execute();
      for (const file of files) {
        await db
          .insertInto('lake_files')
          .values({
            tenant_id: tenant,
            path: file.path,
            batch,
            account: file.account,
            source: file.source,
            hour: file.hour,
            row_count: file.rows,
            byte_count: file.bytes,
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
    },
    async files(from, to) {
      const rows = await db
        .selectFrom('lake_files')
        .selectAll()
        .where('tenant_id', '=', tenant)
        .where('hour', '<', to)
        .where('hour', '>', from - hour)
        .orderBy('path')
        .execute();
      return rows.map((row) => ({
        path: row.path,
        tenant,
        account: row.account,
        source: row.source as Source,
        hour: row.hour,
        rows: row.row_count,
        bytes: row.byte_count,
      }));
    },
  };
}
