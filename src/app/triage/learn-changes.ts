import { canonicalJson } from '../../core/lib/canonical-json.ts';
import type { Deployer } from '../../core/model/decide-context.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Json } from '../../core/model/json.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { decideAgain } from './decide-again.ts';
import { lastChange } from './last-change.ts';

export interface LearnChangesDeps {
  readonly store: Store;
  readonly tenant: string;
  readonly clock: Clock;
  readonly cloud: Cloud;
}

/** Where the next round goes on, and what was asked of a resource just now: several controls fail on one. */
export class LearningPlace {
  after: string | undefined;
  readonly asked = new Map<string, { readonly deployer: Deployer | null; readonly at: number }>();
}

/** Items with the finding's id: who changed its resource last, as it was asked once. */
const kind = 'last-change';
/** AWS's event history answers two calls a second for each account and Region, and attacks need them more. */
const mostAsked = 5;
const mostLooked = 100;
const sharedForMs = 10 * 60_000;

/**
 * Asks who changed last what settings that stand are about, a few at a time, and has these findings decided anew with it: it is a way to an owner. What is asked of a
 * person knows it by itself. Each finding is asked about once, and those of one resource share a call. Returns how many became known. Any number of workers may do
 * it at once.
 */
export async function learnChanges({ store, tenant, clock, cloud }: LearnChangesDeps, place: LearningPlace): Promise<number> {
  const now = clock.now();
  for (const [resource, { at }] of place.asked) if (now - at > sharedForMs) place.asked.delete(resource);
  const { due, last } = await store.within(tenant, async (tx) => {
    const { after } = place;
    const rows = await tx.findings.list({
      kind: 'compliance',
      state: 'open',
      limit: mostLooked,
      ...(after === undefined ? {} : { after }),
    });
    const wanted: Finding[] = [];
    for (const { finding } of rows) if (await isWanted(tx, finding)) wanted.push(finding);
    return { due: wanted, last: rows.at(-1)?.finding.id };
  });
  let asked = 0;
  let learnt = 0;
  for (const finding of due) {
    const resource = canonicalJson(finding.resources[0] ?? null);
    const shared = place.asked.get(resource);
    // The rest of the page is looked at in the next round.
    if (shared === undefined && asked >= mostAsked) return learnt;
    if (shared === undefined) asked++;
    const { deployer } = shared ?? { deployer: await lastChange(cloud, finding) };
    place.asked.set(resource, shared ?? { deployer, at: now });
    if (await store.within(tenant, (tx) => keep(tx, finding.id, deployer, now))) learnt++;
  }
  place.after = last;
  return learnt;
}

/** Watched, and nobody has asked yet. What automation mends alone, or what is closed, costs no call. */
async function isWanted(tx: Tx, { id, revision }: Finding): Promise<boolean> {
  if ((await tx.items.get(kind, id)) !== null) return false;
  const decided = (await tx.decisions.ofFinding(id)).toSorted((a, b) => a.at - b.at).at(-1);
  return decided?.revision === revision && decided.decision.verdict === 'watch';
}

async function keep(tx: Tx, finding: string, deployer: Deployer | null, at: number): Promise<boolean> {
  const doc = { deployer: deployer as unknown as Json };
  if (!(await tx.items.add({ kind, id: finding, state: 'asked', dueAt: null, at, doc }))) return false;
  if (deployer === null) return false;
  await decideAgain(tx, finding, at, at);
  return true;
}

/** Who changed it last, as far as it was asked; undefined where it was not. */
export async function changeLearnt(tx: Tx, finding: string): Promise<Deployer | null | undefined> {
  const item = await tx.items.get(kind, finding);
  return item === null ? undefined : (item.doc as unknown as { readonly deployer: Deployer | null }).deployer;
}
