import { idOf } from '../../core/lib/hash.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Notification } from '../../core/model/notification.ts';
import { severityIds } from '../../core/model/severity.ts';
import type { Tolerance } from '../../core/model/tolerance.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Item } from '../../core/ports/items.ts';
import type { DecisionRow, Store, Tx } from '../../core/ports/store.ts';
import { aboutThen } from '../about-then.ts';
import { sealedId, sealPerson } from '../ledger/seals.ts';
import { queueNotification } from '../notify/queue-notification.ts';
import { toleranceOf } from '../tolerance-of.ts';
import type { Reachable } from '../triage/ask-actor.ts';
import { type DigestLine, digestText, mostLines } from './digest-text.ts';
import { ownerItem, ownerItemId, ownerItemKind, ownerItemOf, standing } from './owner-item.ts';
import { concernedBy, type OwnersByUid, ownersIn, personNamed } from './owner-of.ts';

export interface TellOwnersDeps {
  readonly store: Store;
  readonly tenant: string;
  readonly clock: Clock;
  /** Rules that find insecure behaviour without an attacker, by id. */
  readonly behaviours: () => Promise<readonly string[]>;
  /** Who is reached by a note, and how. */
  readonly reachable: () => Promise<Reachable>;
  /** The console's address for people outside; null where none is set. */
  readonly site: () => Promise<string | null>;
}

const day = 86_400_000;
const digestKind = 'owner-digest';
const pageSize = 200;
const mostItems = 10_000;

/**
 * Tells each person once a day of what is insecure of theirs and wakes nobody: settings of what they own, and how they work. What is not mended is
 * told once more, then to the account's owner. No question to the engineer comes of it. Returns how many were told. Any number of workers may do it
 * at once.
 */
export async function tellOwners(deps: TellOwnersDeps): Promise<number> {
  const { store, tenant, clock } = deps;
  const reach = await deps.reachable();
  const { due, tolerance } = await store.within(tenant, async (tx) => ({
    due: await dueOf(tx, Object.keys(reach), clock.now()),
    tolerance: await toleranceOf(tx),
  }));
  if (due.length === 0 || daysOf(tolerance) === 0) return 0;
  const concerned = await concernedOf(deps, tolerance, reach);
  const site = await deps.site();
  let told = 0;
  for (const person of due)
    if (await store.within(tenant, (tx) => tell(tx, person, concerned.get(person) ?? [], { tolerance, reach, site }, clock.now()))) told++;
  return told;
}

const daysOf = ({ remindOwnersAfter }: Tolerance) => remindOwnersAfter ?? 14;
const digestId = (tenant: string, person: string) => idOf(tenant, digestKind, person);

async function dueOf(tx: Tx, people: readonly string[], at: number): Promise<readonly string[]> {
  const due: string[] = [];
  for (const person of people) {
    const last = await tx.items.get(digestKind, digestId(tx.tenant, person));
    if (last === null || at - last.at >= day) due.push(person);
  }
  return due;
}

/** Open findings by the person whom they concern. */
async function concernedOf(deps: TellOwnersDeps, tolerance: Tolerance, reach: Reachable): Promise<ReadonlyMap<string, readonly string[]>> {
  const { store, tenant } = deps;
  const found = new Map<string, string[]>();
  const owners = new Map<string, OwnersByUid>();
  const filters = [{ kind: 'compliance' as const }, ...(await deps.behaviours()).map((rule) => ({ rule, kind: 'detection' as const }))];
  for (const filter of filters)
    for (let after: string | undefined; ; ) {
      const last = await store.within(tenant, async (tx) => {
        const rows = await tx.findings.list({
          ...filter,
          state: 'open',
          leads: true,
          limit: pageSize,
          ...(after === undefined ? {} : { after }),
        });
        for (const { finding } of rows) {
          const { account } = finding;
          const known = owners.get(account) ?? (await ownersIn(tx, account, tolerance));
          owners.set(account, known);
          const byTag = concernedBy(finding, known, tolerance, reach);
          if (byTag === null && finding.kind !== 'compliance') continue;
          const last = await lastDecision(tx, finding);
          // Nobody else is asked about it, and automation does not mend it alone.
          if (last?.decision.verdict !== 'watch') continue;
          const person = byTag ?? (await ownerThen(tx, last, reach));
          if (person !== null) found.set(person, [...(found.get(person) ?? []), finding.id]);
        }
        return rows.at(-1)?.finding.id;
      });
      after = last;
      if (after === undefined) break;
    }
  return found;
}

/** What was decided last of this revision; null for nothing. */
async function lastDecision(tx: Tx, { id, revision }: Finding): Promise<DecisionRow | null> {
  const last = (await tx.decisions.ofFinding(id)).toSorted((a, b) => a.at - b.at).at(-1);
  return last?.revision === revision ? last : null;
}

/** Whose it was by all other ways when it was decided; null for nobody who is reached. */
async function ownerThen(tx: Tx, decided: DecisionRow, reach: Reachable): Promise<string | null> {
  const owner = (await aboutThen(tx, decided))?.owner ?? null;
  return owner === null ? null : personNamed(owner.name, reach);
}

interface Told {
  readonly tolerance: Tolerance;
  readonly reach: Reachable;
  readonly site: string | null;
}

/** One person's day: what is over is left out from now on, what is new or due is told. The day is used up, whether or not there was something. */
async function tell(tx: Tx, person: string, findings: readonly string[], { tolerance, reach, site }: Told, at: number): Promise<boolean> {
  const id = digestId(tx.tenant, person);
  const last = await tx.items.get(digestKind, id);
  if (last !== null && at - last.at < day) return false;
  const mark = { kind: digestKind, id, state: 'sent', dueAt: null, at, doc: {} };
  if (!(await (last === null ? tx.items.add(mark) : tx.items.move(mark, ['sent'])))) return false;

  const after = daysOf(tolerance) * day;
  const lines = await linesFor(tx, person, findings, tolerance, after, at);
  if (lines.length === 0) return false;
  const { title, text } = digestText(lines, site);
  const severity = lines.reduce(
    (gravest, { finding }) => (severityIds[finding.severity] > severityIds[gravest] ? finding.severity : gravest),
    lines[0]?.finding.severity ?? 'Low',
  );
  for (const { channel, to } of reach[person] ?? []) {
    const notification: Notification = {
      id: idOf(tx.tenant, digestKind, person, at, channel, to),
      kind: 'note',
      channel,
      to,
      about: { kind: 'digest', id: idOf(id, at) },
      severity,
      title,
      text,
      path: '/fixes',
      options: [],
    };
    await queueNotification(tx, notification, at);
  }
  const count = (why: DigestLine['why']) => lines.filter((line) => line.why === why).length;
  await tx.ledger.append({
    format: 'jobzero.ledger/1',
    type: 'notification',
    subject: await sealedId(tx, idOf(id, at)),
    at,
    data: {
      what: digestKind,
      personSeal: await sealPerson(tx, person),
      new: count('new'),
      again: count('again'),
      overdue: count('overdue'),
    },
  });
  return true;
}

/** Moves on what is due, and says what is to be told of it. */
async function linesFor(
  tx: Tx,
  person: string,
  findings: readonly string[],
  tolerance: Tolerance,
  after: number,
  at: number,
): Promise<readonly DigestLine[]> {
  const lines: DigestLine[] = [];
  for (const item of await tx.items.list({ kind: ownerItemKind, state: standing, limit: mostItems })) {
    const own = ownerItemOf(item);
    const isOwners = own.person === person;
    const isAccounts =
      item.state === 'overdue' &&
      Object.hasOwn(tolerance.accountOwners ?? {}, own.account) &&
      tolerance.accountOwners?.[own.account] === person;
    if (!isOwners && !isAccounts) continue;
    const row = await tx.findings.get(own.finding);
    if (row === null || row.state !== 'open' || (isOwners && !findings.includes(own.finding))) {
      await tx.items.move({ ...item, state: 'mended', dueAt: null, at }, [item.state]);
      continue;
    }
    if (isAccounts) {
      if (lines.length < mostLines && (await move(tx, item, 'escalated', null, at)))
        lines.push({ finding: row.finding, why: 'overdue', path: `/fixes/${item.id}`, person: own.person });
    } else if (item.dueAt !== null && item.dueAt <= at) {
      if (item.state === 'reminded') await move(tx, item, 'overdue', null, at);
      else if (lines.length < mostLines && (await move(tx, item, 'reminded', at + after, at)))
        lines.push({ finding: row.finding, why: 'again', path: `/fixes/${item.id}`, person });
    }
  }
  for (const finding of findings) {
    if (lines.length >= mostLines) break;
    const row = await tx.findings.get(finding);
    if (row === null || row.state !== 'open') continue;
    const id = ownerItemId(tx.tenant, finding, person);
    const item = ownerItem(id, 'told', { finding, person, account: row.finding.account, since: at }, at + after, at);
    if ((await tx.items.add(item)) || (await tx.items.move(item, ['mended'])))
      lines.push({ finding: row.finding, why: 'new', path: `/fixes/${id}`, person });
  }
  return lines;
}

function move(tx: Tx, item: Item, state: string, dueAt: number | null, at: number): Promise<boolean> {
  return tx.items.move({ ...item, state, dueAt, at }, [item.state]);
}
