import { leadsOf } from '../core/findings/weaknesses/leads-of.ts';
import { type Weakness, weaknessOf } from '../core/lib/weakness-of.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Json } from '../core/model/json.ts';
import { type FindingRow, ledFinding, type Store, type Tx } from '../core/ports/store.ts';

/** What AWS's services say of a weakness, as an item: the ids of their findings, sorted. */
const kind = 'weakness';
/** AWS has a handful of rules for one setting. What is beyond, by id, stands for itself: who makes hundreds hides nothing. */
const mostTold = 200;
/** Raised when what belongs together changes: then what is stored is joined anew. */
const joinedAs = { name: 'weaknesses/joined', value: { format: 1 } } as const;

/**
 * Says of all findings of these findings' weaknesses under which one they are shown and decided, in the caller's transaction. To be called
 * whenever one is raised or changes its state. After it what is stored is what the set of findings and their states says, in whatever order they came.
 */
export async function joinWeaknesses(tx: Tx, findings: readonly Finding[], at: number): Promise<void> {
  const touched = new Set<string>();
  for (const finding of findings) {
    if (finding.kind !== 'compliance') continue;
    const weakness = weaknessOf(finding);
    const before = finding.imported === undefined ? null : await weaknessBefore(tx, finding.id);
    if (before !== null && before !== weakness?.id) {
      await note(tx, before, at, (told) => told.filter((id) => id !== finding.id));
      await lead(tx, finding.id, null, null, at);
      touched.add(before);
    }
    if (weakness === null) continue;
    touched.add(weakness.id);
    if (finding.imported === undefined) continue;
    if (before !== weakness.id) await lead(tx, finding.id, weakness.id, null, at);
    await note(tx, weakness.id, at, (told) => [...new Set([...told, finding.id])].sort());
  }
  for (const weakness of [...touched].sort()) {
    const rows = await rowsOf(tx, weakness);
    for (const [id, by] of leadsOf(rows)) {
      if ((await ledBy(tx, id)) === by) continue;
      await lead(tx, id, weakness, by, at);
      // Who decided it is another now.
      await tx.findings.decideAgain(id);
    }
  }
}

/** The finding under which this one is shown and decided; null for one that stands for itself. */
export async function ledBy(tx: Tx, id: string): Promise<string | null> {
  const item = await tx.items.get(ledFinding, id);
  return item?.state === 'led' ? (item.doc as unknown as Led).by : null;
}

/** All findings of a finding's weakness, itself too, ours first; empty where it is none that others could tell of. */
export async function toldOf(tx: Tx, finding: Finding): Promise<readonly FindingRow[]> {
  const weakness: Weakness | null = weaknessOf(finding);
  return weakness === null ? [] : rowsOf(tx, weakness.id);
}

interface Led {
  readonly weakness: string | null;
  readonly by: string | null;
}

async function weaknessBefore(tx: Tx, id: string): Promise<string | null> {
  return ((await tx.items.get(ledFinding, id))?.doc as unknown as Led | undefined)?.weakness ?? null;
}

async function lead(tx: Tx, id: string, weakness: string | null, by: string | null, at: number): Promise<void> {
  const doc: Led = { weakness, by };
  const item = { kind: ledFinding, id, state: by === null ? 'leads' : 'led', dueAt: null, at, doc: doc as unknown as Json };
  if (!(await tx.items.add(item))) await tx.items.move(item, ['led', 'leads']);
}

async function note(tx: Tx, weakness: string, at: number, change: (told: readonly string[]) => readonly string[]): Promise<void> {
  const before = await tx.items.get(kind, weakness);
  const told = (before?.doc as readonly string[] | undefined) ?? [];
  const all = change(told);
  const now = all.slice(0, mostTold);
  for (const id of all.slice(mostTold)) await lead(tx, id, weakness, null, at);
  if (before !== null && now.join() === told.join()) return;
  const item = { kind, id: weakness, state: 'kept', dueAt: null, at, doc: now as unknown as Json };
  if (!(await tx.items.add(item))) await tx.items.move(item, ['kept']);
}

async function rowsOf(tx: Tx, weakness: string): Promise<readonly FindingRow[]> {
  const told = ((await tx.items.get(kind, weakness))?.doc as readonly string[] | undefined) ?? [];
  const rows: FindingRow[] = [];
  for (const id of [weakness, ...told]) {
    const row = await tx.findings.get(id);
    if (row !== null) rows.push(row);
  }
  return rows;
}

/** Joins the findings of a store that has not been joined yet, or was by an older version. Some hundred in a unit of work. */
export async function joinStoredWeaknesses(store: Store, tenant: string, at: number): Promise<void> {
  const done = await store.within(tenant, (tx) => tx.settings.get(joinedAs.name));
  if (JSON.stringify(done) === JSON.stringify(joinedAs.value)) return;
  for (let after: string | undefined; ; ) {
    const last = await store.within(tenant, async (tx) => {
      const rows = await tx.findings.list({ kind: 'compliance', limit: 200, ...(after === undefined ? {} : { after }) });
      await joinWeaknesses(
        tx,
        rows.map(({ finding }) => finding),
        at,
      );
      return rows.at(-1)?.finding.id;
    });
    after = last;
    if (after === undefined) break;
  }
  await store.within(tenant, (tx) => tx.settings.set(joinedAs.name, joinedAs.value, at, 'automation'));
}
