import { graveOf } from '../../core/decide/on-call/grave-of.ts';
import { onCallAt } from '../../core/decide/on-call/on-call-at.ts';
import { causeOf as causeOfFault, tellsMore } from '../../core/decide/on-call/one-cause.ts';
import { graveOfFaults } from '../../core/decide/on-call/ways-out.ts';
import { hashOf } from '../../core/lib/hash.ts';
import type { Channels } from '../../core/model/channel.ts';
import type { Judgement } from '../../core/model/decision.ts';
import type { Incident } from '../../core/model/incident.ts';
import type { Grave, Page } from '../../core/model/page.ts';
import { type Severity, severityIds } from '../../core/model/severity.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Item } from '../../core/ports/items.ts';
import type { IncidentRow, Store, Tx } from '../../core/ports/store.ts';
import { type InHand, inHand } from '../incident-in-hand.ts';
import { pressingClocks } from '../incident-mode/pressing-clocks.ts';
import { faultKind, faultOf } from '../notify/automation-fault.ts';
import { partsOf } from '../triage/question-of.ts';
import { type OnCallNow, onCallOf } from './on-call-settings.ts';
import { addEvent, livePageStates, type PageDoc, pageDocOf, pageIdOf, pageKind, putPage, standingOf, waysOut } from './page-item.ts';

export interface OnCallDeps {
  readonly tenant: string;
  readonly store: Store;
  readonly clock: Clock;
  /** What `channels.yml` says now. */
  readonly channels: () => Promise<Channels>;
}

const mostAtOnce = 500;
const mostIncidents = 200;
/** Automation gets so long to decide what it finds before an incident calls somebody who would only see it at work. */
const heldMs = 2 * 60_000;
/** Findings of an incident that are looked at to tell whether it is contained. */
const mostLooked = 20;

/** Something that a person has to take, as it is now. */
interface Cause {
  readonly page: Omit<Page, 'events' | 'first'> & Pick<PageDoc, 'faults' | 'fallback'>;
  /** Of its faults one began long after the others. */
  readonly tellsMore?: (known: readonly string[], since: number) => boolean;
  readonly grave: Grave | null;
  /** Questions that wait in it. */
  readonly judgements: readonly string[];
  /** Automation is still deciding about it. */
  readonly unsettled: boolean;
  /** Somebody has it in hand already: who, and since when. */
  readonly inHand: { readonly by: string; readonly at: number } | null;
}

/** A page that may have to be made or changed. */
interface Wanted {
  readonly about: Page['about'];
  readonly seen: string;
}

/**
 * Makes a page of each question that waits, each incident that pages, each fault of the automation that wakes and each clock that ends, one for one attack; raises a
 * page anew when there is more to ask; closes pages of what is over. Any number of workers may do this at once.
 */
export async function raisePages(deps: OnCallDeps): Promise<void> {
  const { store, tenant, clock } = deps;
  const channels = await deps.channels();
  const wanted = await store.within(tenant, (tx) => wantedPages(tx, clock.now()));
  for (const [id, { about, seen }] of wanted)
    await store.within(tenant, async (tx) => {
      const item = await tx.items.get(pageKind, id);
      const onCall = await onCallOf(tx);
      const now = clock.now();
      // What waits for the morning may become grave by what is done elsewhere.
      if (
        item !== null &&
        item.state !== 'held' &&
        pageDocOf(item).seen === seen &&
        standingOf(pageDocOf(item), onCall, channels, now).state !== 'quiet'
      )
        return;
      await raise(tx, id, item, { about, seen }, onCall, channels, now);
    });
}

/** By the id of the page. */
async function wantedPages(tx: Tx, now: number): Promise<ReadonlyMap<string, Wanted>> {
  const wanted = new Map<string, { readonly about: Page['about']; readonly parts: string[] }>();
  const note = (about: Page['about'], part: string): void => {
    const id = pageIdOf(tx.tenant, about);
    const known = wanted.get(id);
    if (known === undefined) wanted.set(id, { about, parts: [part] });
    else known.parts.push(part);
  };
  // First, so that one that is joined into another is there before that is made anew.
  for (const item of await tx.items.list({ kind: pageKind, state: livePageStates, limit: mostAtOnce })) note(pageDocOf(item).about, '');
  for (const { incident } of await tx.incidents.list({ pages: true, isOpen: true, limit: mostIncidents }))
    note({ kind: 'incident', id: incident.id }, incident.revision);
  for (const { id, incident = null } of await tx.judgements.list({ state: 'waiting', limit: mostAtOnce })) {
    // One attack is one page: a question of an incident belongs to the incident's.
    const row = incident === null ? null : await tx.incidents.get(incident);
    note(row === null ? { kind: 'judgement', id } : { kind: 'incident', id: row.incident.id }, id);
  }
  for (const item of await tx.items.list({ kind: faultKind, state: ['open'], limit: mostAtOnce }))
    if (faultOf(item).wakes) note({ kind: 'automation', id: causeOfFault(item.id) }, item.id);
  for (const { id } of await pressingClocks(tx, now)) note({ kind: 'clock', id }, id);
  return new Map([...wanted].map(([id, { about, parts }]) => [id, { about, seen: hashOf(parts.filter((part) => part !== '').sort()) }]));
}

async function raise(
  tx: Tx,
  id: string,
  item: Item | null,
  { about, seen }: Wanted,
  onCall: OnCallNow,
  channels: Channels,
  now: number,
): Promise<void> {
  if (item !== null && about.kind === 'incident' && (await joined(tx, item, onCall, channels, now))) return;
  const cause = await causeOf(tx, about, onCall, channels, now);
  if (cause === null) {
    if (item?.state === 'held') await tx.items.move({ ...item, state: 'closed', dueAt: null, at: now }, ['held']);
    else if (item !== null && item.state !== 'closed' && item.state !== 'joined') {
      const doc = await addEvent(tx, id, { ...pageDocOf(item), seen }, { type: 'closed', at: now }, onCall);
      await putPage(tx, id, doc, item.state, onCall, channels, now);
    }
    return;
  }
  if (item === null || item.state === 'held') {
    if (cause.inHand !== null && cause.judgements.length === 0) return;
    const fresh: PageDoc = { ...cause.page, events: [], first: 'engineer', judgements: [], sent: [], routed: [], into: null, seen };
    if (cause.unsettled && cause.judgements.length === 0 && (item === null || now < item.at + heldMs)) {
      if (item === null) await tx.items.add({ kind: pageKind, id, state: 'held', dueAt: now + heldMs, at: now, doc: fresh as never });
      return;
    }
    const doc = { ...fresh, judgements: cause.judgements };
    const begun = await addEvent(tx, id, doc, { type: 'raised', at: now, grave: cause.grave }, onCall);
    await putPage(tx, id, begun, item?.state ?? null, onCall, channels, now);
    return;
  }
  const doc = await renewed(tx, item, cause, seen, onCall, channels, now);
  if (doc !== null) await putPage(tx, id, doc, item.state, onCall, channels, now);
}

/** What a page that there is becomes by its cause as it is now; null when nothing has changed. */
async function renewed(
  tx: Tx,
  item: Item,
  cause: Cause,
  seen: string,
  onCall: OnCallNow,
  channels: Channels,
  now: number,
): Promise<PageDoc | null> {
  const before = pageDocOf(item);
  const standing = standingOf(before, onCall, channels, now);
  const fresh = cause.judgements.filter((one) => !before.judgements.includes(one));
  const doc: PageDoc = { ...before, ...cause.page, judgements: [...before.judgements, ...fresh], seen };
  const isOver = standing.state === 'closed' || standing.state === 'acknowledged';
  // More to ask, or back after it was over: whoever took it before took something else.
  const more = standing.state === 'acknowledged' && cause.tellsMore?.(before.faults ?? [], standing.since) === true;
  if (more || (isOver && fresh.length > 0) || (standing.state === 'closed' && cause.inHand === null))
    return addEvent(tx, item.id, doc, { type: 'raised', at: now, grave: cause.grave }, onCall);
  if (!isOver && cause.judgements.length === 0 && cause.inHand !== null && cause.inHand.at > standing.since)
    return addEvent(tx, item.id, doc, { type: 'acknowledged', ...cause.inHand }, onCall, { how: 'answer' });
  if (standing.state === 'quiet' && cause.grave !== null)
    return addEvent(tx, item.id, doc, { type: 'worse', at: now, grave: cause.grave }, onCall);
  return JSON.stringify(doc) === JSON.stringify(before) ? null : doc;
}

/** An incident that became part of another: its page goes on there. True when this page is no more. */
async function joined(tx: Tx, item: Item, onCall: OnCallNow, channels: Channels, now: number): Promise<boolean> {
  if (item.state === 'joined') return true;
  const doc = pageDocOf(item);
  const other = (await tx.incidents.get(doc.about.id))?.incident.id ?? doc.about.id;
  if (other === doc.about.id || item.state === 'closed') return false;
  const about = { kind: 'incident', id: other } as const;
  const into = pageIdOf(tx.tenant, about);
  // Whoever was told, or has taken it, need not be woken again for the same attack.
  if (item.state !== 'held' && (await tx.items.get(pageKind, into)) === null)
    await putPage(tx, into, { ...doc, about }, null, onCall, channels, now);
  return tx.items.move({ ...item, state: 'joined', dueAt: null, at: now, doc: { ...doc, into } as never }, [item.state]);
}

async function causeOf(tx: Tx, about: Page['about'], onCall: OnCallNow, channels: Channels, now: number): Promise<Cause | null> {
  switch (about.kind) {
    case 'judgement': {
      const judgement = await tx.judgements.get(about.id);
      return judgement?.state === 'waiting' ? causeOfJudgement(tx, judgement, now) : null;
    }
    case 'incident': {
      const row = await tx.incidents.get(about.id);
      if (row === null) return null;
      const findings = new Set(await tx.incidents.findingsIn([row.incident.id]));
      const waiting = (await tx.judgements.list({ state: 'waiting', limit: mostAtOnce })).filter((judgement) =>
        partsOf(judgement).some(({ finding }) => findings.has(finding)),
      );
      if (waiting.length === 0 && !(row.incident.pages && row.isOpen)) return null;
      return causeOfIncident(tx, row, waiting, now);
    }
    case 'automation':
      return causeOfFaults(tx, about, onCall, channels, now);
    case 'clock': {
      const clock = (await pressingClocks(tx, now)).find(({ id }) => id === about.id);
      if (clock === undefined) return null;
      const { severity, title, text, path } = clock;
      return { page: { about, severity, title, text, path }, grave: null, judgements: [], unsettled: false, inHand: null };
    }
    default:
      return about.kind satisfies never;
  }
}

/** All faults of one cause are one page. */
async function causeOfFaults(tx: Tx, about: Page['about'], onCall: OnCallNow, channels: Channels, now: number): Promise<Cause | null> {
  const open = await tx.items.list({ kind: faultKind, state: ['open'], limit: mostAtOnce });
  const faults = open
    .map((item) => ({ id: item.id, ...faultOf(item) }))
    .filter(({ id, wakes }) => wakes && causeOfFault(id) === about.id)
    .sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1));
  const [first, ...more] = faults;
  if (first === undefined) return null;
  const { settings, zones } = onCall;
  const grave =
    settings === null || about.id !== causeOfFault('channel/')
      ? null
      : graveOfFaults(waysOut(onCall, channels), onCallAt(settings, zones, now).person, [...settings.backup, ...settings.everyone]);
  return {
    page: {
      about,
      severity: faults.reduce<Severity>(
        (most, one) => (severityIds[one.severity] > severityIds[most] ? one.severity : most),
        first.severity,
      ),
      title: more.length === 0 ? first.title : `${first.title}, and ${more.length} more`,
      text: more.length === 0 ? first.text : faults.map(({ title, text }) => `${title}: ${text}`).join('\n'),
      path: first.path,
      faults: faults.map(({ id }) => id),
      fallback: faults.flatMap(({ fallback }) => fallback),
    },
    grave,
    judgements: [],
    unsettled: false,
    inHand: null,
    tellsMore: (known, since) => tellsMore(known, faults, since),
  };
}

async function causeOfJudgement(tx: Tx, judgement: Judgement, now: number): Promise<Cause> {
  const found = (await tx.findings.get(judgement.finding))?.finding;
  const severity: Severity = found?.severity ?? 'High';
  const findings = found === undefined ? [] : [{ severity, tactics: found.rule.tactics, open: true }];
  const attack = { pages: true, severity, sequences: [], tactics: found?.rule.tactics ?? [], findings, lastTime: found?.lastTime ?? 0 };
  const page = {
    about: { kind: 'judgement', id: judgement.id },
    severity,
    title: judgement.question,
    // Never what is recommended: who judges says first what it is.
    text: found?.message ?? judgement.question,
    path: '/on-call',
  } as const;
  return { page, grave: graveOf(attack, now), judgements: [judgement.id], unsettled: false, inHand: null };
}

async function causeOfIncident(tx: Tx, { incident }: IncidentRow, waiting: readonly Judgement[], now: number): Promise<Cause> {
  const [question] = waiting;
  const about = { kind: 'incident', id: incident.id } as const;
  const judged = await inHand(tx, incident.id);
  return {
    page: {
      about,
      severity: incident.severity,
      title: question?.question ?? incident.title,
      text: question === undefined ? incident.why.join(' ') : `${incident.title}. ${incident.why.join(' ')}`,
      path: question === undefined ? `/incidents/${incident.id}` : '/on-call',
    },
    grave: await graveOfIncident(tx, incident, now),
    judgements: waiting.map(({ id }) => id),
    unsettled: await isUnsettled(tx, incident),
    inHand: judged === null ? null : { by: await answererOf(tx, judged), at: judged.at },
  };
}

async function answererOf(tx: Tx, { judgement }: InHand): Promise<string> {
  return (judgement === null ? null : await tx.judgements.get(judgement))?.answeredBy.at(-1) ?? 'a person';
}

async function graveOfIncident(tx: Tx, incident: Incident, now: number): Promise<Grave | null> {
  const gravest = incident.timeline.toSorted((a, b) => severityIds[b.severity] - severityIds[a.severity]).slice(0, mostLooked);
  const versions = await tx.findings.versions(gravest.map(({ finding }) => finding));
  const open = new Set(versions.filter(({ state }) => state === 'open').map(({ id }) => id));
  const findings = gravest.map(({ finding, severity, tactics }) => ({ severity, tactics, open: open.has(finding) }));
  return graveOf({ ...incident, findings }, now);
}

/** Is a finding of it without a decision on its revision? */
async function isUnsettled(tx: Tx, { members }: Incident): Promise<boolean> {
  const looked = members.slice(0, mostLooked);
  const decided = new Map((await tx.decisions.lastOf(looked.map(({ finding }) => finding))).map((row) => [row.finding, row.revision]));
  return looked.some(({ finding, revision }) => decided.get(finding) !== revision);
}
