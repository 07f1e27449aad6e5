import { sha256 } from '../../core/lib/hash.ts';
import type { Documents } from '../../core/ports/store.ts';
import { pgText } from './pg-text.ts';
import type { Scope } from './scope.ts';

export function documentsIn({ db, tenant }: Scope): Documents {
  return {
    async put(kind, bytes) {
      const hash = sha256(bytes);
      await db
        .insertInto('documents')
        .values({ tenant_id: tenant, hash, kind: pgText(kind), bytes: Buffer.from(bytes, 'utf8') })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return hash;
    },
    async get(hash) {
      const row = await db
        .selectFrom('documents')
        .select('bytes')
        .where('tenant_id', '=', tenant)
        .where('hash', '=', hash)
        .executeTakeFirst();
      return row?.bytes.toString('utf8') ?? null;
    },
  };
}
