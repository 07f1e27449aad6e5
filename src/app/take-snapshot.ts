import { exemptionOf } from '../core/decide/exemption-of.ts';
import { canonicalJson } from '../core/lib/canonical-json.ts';
import { textAt } from '../core/lib/json-at.ts';
import { weaknessId } from '../core/lib/weakness-of.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Snapshot } from '../core/model/resource.ts';
import type { Store, Tx } from '../core/ports/store.ts';
import { type AssessDeps, type Assessed, assessAccount } from './assess.ts';
import { joinWeaknesses } from './join-weaknesses.ts';
import type { OnProgress } from './on-progress.ts';
import { watchedSince } from './settings.ts';
import { toleranceOf } from './tolerance-of.ts';
import { closeChanges } from './triage/propose-change.ts';

export interface TakeSnapshotDeps extends AssessDeps {
  readonly store: Store;
}

export interface SnapshotTaken {
  /** The snapshot's id; the same while the account's state is the same. */
  readonly snapshot: string;
  /** Hash of the stored document: the snapshot without its time. */
  readonly document: string;
  readonly raised: readonly string[];
  readonly resolved: readonly string[];
  readonly unknown: number;
  readonly unread: number;
}

const page = 500;

/**
 * Reads an account, judges it, and stores in one transaction: the snapshot's document, a finding for each failure, the
 * end of findings that hold no more, and the ledger's leaf. What could not be read ends nothing.
 */
export async function takeSnapshot(
  deps: TakeSnapshotDeps,
  account: string,
  regions: readonly string[],
  onProgress?: OnProgress,
): Promise<SnapshotTaken> {
  const { store, tenant, clock, controls } = deps;
  const { snapshot, outcomes, findings } = await assessAccount(deps, account, regions, onProgress);
  const { takenAt, ...content } = snapshot;
  return store.within(tenant, async (tx) => {
    const at = clock.now();
    const document = await tx.documents.put('snapshot', canonicalJson(content));
    const back: Finding[] = [];
    for (const finding of findings) {
      if (await raise(tx, finding, at)) back.push(finding);
    }
    const raised = back.map(({ id }) => id);
    const over = await resolveOthers(tx, snapshot, outcomes, new Set(controls.map(({ id }) => id)), at);
    const resolved = over.map(({ id }) => id);
    await joinWeaknesses(tx, [...back, ...over], at);
    await closeChanges(tx, resolved, at);
    const unknown = outcomes.filter(({ outcome }) => outcome.status === 'Unknown').length;
    const taken: SnapshotTaken = { snapshot: snapshot.id, document, raised, resolved, unknown, unread: snapshot.unread.length };
    if ((await watchedSince(tx, account)) === null) await tx.settings.set(`watched/${account}`, { since: at }, at, 'automation');
    const before = await beforeOf(tx, account, document);
    const state = { snapshot: snapshot.id, document, ...(before === null ? {} : { before }), takenAt, unread: missingOf(snapshot) };
    await tx.settings.set(`snapshot/${account}`, state, at, 'automation');
    await tx.ledger.append({
      format: 'jobzero.ledger/1',
      type: 'batch',
      subject: snapshot.id,
      at,
      data: { document, resources: snapshot.resources.length, unread: snapshot.unread.length, unknown, raised, resolved },
    });
    return taken;
  });
}

/** The document that said something else before this one: it knows what is gone since. */
async function beforeOf(tx: Tx, account: string, document: string): Promise<string | null> {
  const last = (await tx.settings.get(`snapshot/${account}`)) ?? undefined;
  return textAt(last, 'document') === document ? textAt(last, 'before') : textAt(last, 'document');
}

const mostMissing = 50;

/** The permissions that were missing, each once. */
function missingOf({ unread }: Snapshot): readonly { readonly permission: string; readonly code: string }[] {
  const codes = new Map(unread.map(({ permission, code }) => [permission, code]));
  return [...codes]
    .map(([permission, code]) => ({ permission, code }))
    .sort((a, b) => (a.permission < b.permission ? -1 : 1))
    .slice(0, mostMissing);
}

/** True when something is new: a finding, a revision, or one that had ended. */
async function raise(tx: Tx, finding: Finding, at: number): Promise<boolean> {
  if (await tx.findings.put(finding, at)) return true;
  // The same revision as before: when it was resolved meanwhile, it is back.
  if ((await tx.findings.get(finding.id))?.state !== 'resolved') return false;
  // What is exempted stays closed until the exemption ends.
  if (exemptionOf(finding, at, await toleranceOf(tx)) !== null) return false;
  await tx.findings.live(finding.id, 'reopened', at, 'automation', 'the control fails again');
  await tx.findings.decideAgain(finding.id);
  return true;
}

async function resolveOthers(
  tx: Tx,
  snapshot: Snapshot,
  outcomes: readonly Assessed[],
  controls: ReadonlySet<string>,
  at: number,
): Promise<readonly Finding[]> {
  const statuses = new Map(
    outcomes.map(({ control, resource, outcome }) => [weaknessId(snapshot.tenant, control, resource), outcome.status]),
  );
  const resolved: Finding[] = [];
  for (let after: string | undefined; ; ) {
    const rows = await tx.findings.list({ account: snapshot.account, limit: page, ...(after === undefined ? {} : { after }) });
    for (const { finding, state } of rows) {
      if (finding.kind !== 'compliance' || !controls.has(finding.rule.id) || (state !== 'open' && state !== 'acknowledged')) continue;
      const status = statuses.get(finding.id);
      const why =
        status === 'Pass' ? 'the control passes' : status === undefined && isGone(snapshot, finding) ? 'the resource is gone' : null;
      if (why === null) continue;
      await tx.findings.live(finding.id, 'resolved', at, 'automation', why);
      resolved.push(finding);
    }
    after = rows.at(-1)?.finding.id;
    if (rows.length < page) return resolved;
  }
}

/** A resource that is not in the snapshot is gone only if its list was read, in its Region. */
function isGone(snapshot: Snapshot, { resources }: Finding): boolean {
  const [resource] = resources;
  if (resource === undefined) return false;
  const { type, region } = resource;
  const global = region === 'aws-global' || type === 'AWS::S3::Bucket';
  if (!global && !snapshot.regions.includes(region)) return false;
  return !snapshot.unread.some((unread) => unread.types.includes(type) && (global || unread.region === region));
}
