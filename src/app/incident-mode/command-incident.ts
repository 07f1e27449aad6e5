import { applyEvent } from '../../core/decide/incident-mode/apply-event.ts';
import { nextLook } from '../../core/decide/incident-mode/reminders.ts';
import { type Refusal, takeCommand } from '../../core/decide/incident-mode/take-command.ts';
import { canonicalJson } from '../../core/lib/canonical-json.ts';
import type { DeclaredIncident, IncidentCommand, IncidentEvent } from '../../core/model/declared-incident.ts';
import type { Tx } from '../../core/ports/store.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { timeZones } from '../generated/time-zones.ts';
import { sealPerson, sealValue } from '../ledger/seals.ts';
import { putDeclared, readDeclared } from './declared.ts';
import { sendWhatWasSaid } from './send-what-was-said.ts';
import { stillGoing } from './still-going.ts';

export type Commanded =
  | { readonly outcome: 'refused'; readonly refusal: Refusal; readonly incident: DeclaredIncident | null }
  | { readonly outcome: 'done'; readonly incident: DeclaredIncident; readonly event: IncidentEvent };

/** Longer texts belong into a document of their own. */
export const longestText = 4_000;

/**
 * Takes a command of a person, or of automation, in a transaction: the event, what the incident is after it, its leaf and the notifications that it asks
 * for are written together, or nothing is. Of two who command at once one is first, and the other finds what that left.
 */
export async function commandWithin(tx: Tx, id: string, by: string, command: IncidentCommand, at: number): Promise<Commanded> {
  const before = await readDeclared(tx, id);
  const tooLong = Object.values(command).some((value) => typeof value === 'string' && value.length > longestText);
  const going = command.do === 'close' && before !== null ? await stillGoing(tx, before) : { findings: 0, actions: 0 };
  const taken = tooLong
    ? ({ refused: 'many', says: `A text has ${longestText} characters at most.` } as const)
    : takeCommand(before, command, { by, at, zones: timeZones, going });
  if ('refused' in taken) return { outcome: 'refused', refusal: taken, incident: before };
  const { event } = taken;
  const incident = applyEvent(before, id, event);
  const clocks = incident.duties.flatMap((one) => one.clocks);
  await putDeclared(tx, before, incident, event, nextLook(clocks, event.at));
  await writeDown(tx, id, event);
  await sendWhatWasSaid(tx, incident, event);
  return { outcome: 'done', incident, event };
}

export function commandIncident(
  { store, tenant, clock }: Pick<ConsoleDeps, 'store' | 'tenant' | 'clock'>,
  id: string,
  by: string,
  command: IncidentCommand,
): Promise<Commanded> {
  return store.within(tenant, (tx) => commandWithin(tx, id, by, command, clock.now()));
}

/** The event as a document, and its hash in the ledger: who, and what was said, stays out of it. */
async function writeDown(tx: Tx, id: string, event: IncidentEvent): Promise<void> {
  const hash = await tx.documents.put('incident-event', canonicalJson({ format: 'jobzero.incident-event/1', incident: id, ...event }));
  const { n, type, at, by } = event;
  await tx.ledger.append({
    format: 'jobzero.ledger/1',
    type: 'incident',
    subject: id,
    at,
    data: { event: type, n, eventSeal: await sealValue(tx, hash), bySeal: await sealPerson(tx, by) },
  });
}
