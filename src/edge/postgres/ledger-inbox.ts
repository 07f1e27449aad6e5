import { canonicalJson } from '../../core/lib/canonical-json.ts';
import type { LedgerInbox } from '../../core/ports/store.ts';
import type { Scope } from './scope.ts';

export function inboxIn({ db, tenant }: Scope): LedgerInbox {
  return {
    async append(entry) {
      await db
        .insertInto('ledger_inbox')
        .values({ tenant_id: tenant, bytes: canonicalJson(entry) })
        .execute();
    },
  };
}
