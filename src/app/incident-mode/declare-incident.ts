import { idOf } from '../../core/lib/hash.ts';
import type { DeclaredIncident } from '../../core/model/declared-incident.ts';
import { type Severity, severityIds } from '../../core/model/severity.ts';
import type { Tx } from '../../core/ports/store.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { sealedId } from '../ledger/seals.ts';
import { type Commanded, commandWithin } from './command-incident.ts';
import { declaredKind, incidentsOf, listDeclared, readDeclared } from './declared.ts';

/** What a person says when something has blown up. */
export interface Declaration {
  /** Empty: that of the incident. */
  readonly title: string;
  readonly severity: Severity;
  /** An incident that was found; null where people know more than jobzero. */
  readonly incident: string | null;
  /** Empty: who declares it. */
  readonly commander: string;
}

export type Declared =
  | { readonly outcome: 'unknown' }
  /** It is declared already: this one. */
  | { readonly outcome: 'covered'; readonly incident: DeclaredIncident }
  | Commanded;

/** Declares an incident: what was found and perhaps proposed already, or what only people know of. Declaring the same twice declares it once. */
export function declareIncident(
  { store, tenant, clock }: Pick<ConsoleDeps, 'store' | 'tenant' | 'clock'>,
  by: string,
  { title, severity, incident, commander }: Declaration,
): Promise<Declared> {
  return store.within(tenant, async (tx): Promise<Declared> => {
    const found = incident === null ? null : await tx.incidents.get(incident);
    if (incident !== null && found === null) return { outcome: 'unknown' };
    const about = found?.incident.id ?? null;
    const named = title.trim() === '' ? (found?.incident.title ?? '') : title;
    const open = about === null ? await sameTitle(tx, named) : await declaredAbout(tx, about, ['open']);
    if (open !== null) return { outcome: 'covered', incident: open };
    const at = clock.now();
    const command = {
      do: 'declare',
      title: named,
      severity: found === null ? severity : graver(severity, found.incident.severity),
      incidents: about === null ? [] : [about],
      commander: commander.trim() === '' ? by : commander,
    } as const;
    return commandWithin(tx, await freeId(tx, about, at, by), by, command, at);
  });
}

/** The id of what is proposed about an incident: it is proposed once. */
export function proposalId(tenant: string, incident: string): string {
  return idOf(tenant, declaredKind, incident);
}

/** One in these states that is about an incident. */
async function declaredAbout(
  tx: Pick<Tx, 'items' | 'incidents'>,
  incident: string,
  states: readonly DeclaredIncident['state'][],
): Promise<DeclaredIncident | null> {
  for (const one of await listDeclared(tx, states)) if ((await incidentsOf(tx, [one])).has(incident)) return one;
  return null;
}

async function sameTitle(tx: Pick<Tx, 'items'>, title: string): Promise<DeclaredIncident | null> {
  return (await listDeclared(tx, ['open'])).find((one) => one.title === title && one.incidents.length === 0) ?? null;
}

/** That of the proposal, unless what was declared under it is over. */
async function freeId(tx: Tx, about: string | null, at: number, by: string): Promise<string> {
  if (about === null) return sealedId(tx, idOf(tx.tenant, declaredKind, by, at));
  const proposed = await declaredAbout(tx, about, ['proposed']);
  if (proposed !== null) return proposed.id;
  const id = proposalId(tx.tenant, about);
  return (await readDeclared(tx, id))?.state === 'closed' ? idOf(tx.tenant, declaredKind, about, at) : id;
}

function graver(a: Severity, b: Severity): Severity {
  return severityIds[a] >= severityIds[b] ? a : b;
}
