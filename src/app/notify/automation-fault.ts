import { idOf } from '../../core/lib/hash.ts';
import type { Address } from '../../core/model/channel.ts';
import type { Json } from '../../core/model/json.ts';
import type { Severity } from '../../core/model/severity.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Tx } from '../../core/ports/store.ts';
import { sealedId } from '../ledger/seals.ts';

export const faultKind = 'automation-fault';

/** What does not work of jobzero itself. Its item has the id `WHAT/NAME` and is `open` or `closed`. */
export interface Fault {
  readonly what: FaultWhat;
  readonly name: string;
  /** For people; no secret and no content. */
  readonly reason: string;
  /** What mends it, where that is not the same for all of its kind. */
  readonly fix?: string;
}

export type FaultWhat = keyof typeof faultKinds;

interface FaultWords {
  readonly title: (name: string) => string;
  /** What mends it. */
  readonly fix: string;
  /** Where, in the console. */
  readonly path: string;
  readonly severity: Severity;
  /** It is worth a page, and not only an item of the day: automation cannot do, or cannot tell, what people rely on. */
  readonly wakes: boolean;
}

const faultKinds = {
  channel: {
    title: (name) => `Channel ${name} does not deliver`,
    fix: 'What waits for it is tried again; this closes by itself when it works. "jobzero channels test" sends a test.',
    path: '/on-call',
    severity: 'High',
    wakes: true,
  },
  'channels-file': {
    title: () => 'channels.yml cannot be read',
    fix: 'Mend the line that is named; what held before goes on holding.',
    path: '/on-call',
    severity: 'High',
    wakes: true,
  },
  'on-call-file': {
    title: () => 'oncall.yml cannot be read',
    fix: 'Mend the line that is named; what held before goes on holding.',
    path: '/on-call',
    severity: 'High',
    wakes: true,
  },
  'policy-review': {
    title: (name) => `A looser ${name} waits for a second person`,
    fix: 'Read what was changed ("jobzero policy review"), then let it hold or turn it down; or take the edit back.',
    path: '/automation',
    severity: 'Medium',
    wakes: false,
  },
  unreached: {
    title: (name) => `${name} is to be called and is reached by no channel`,
    fix: 'Name the person below "people" in channels.yml, with an id in a channel that pages go by. Until then nobody waits for an answer from there.',
    path: '/on-call',
    severity: 'High',
    wakes: false,
  },
  heartbeat: {
    title: () => 'The heartbeat to the outside fails',
    fix: 'See that the address can be reached from here, and that workers run.',
    path: '/on-call',
    severity: 'High',
    wakes: true,
  },
  load: {
    title: (name) => `More questions than one shift may bring, in that of ${name}`,
    fix: 'Look at which rules and guardrails asked: arm what may act, answer once for all by tolerance, or mend the rule. "jobzero load" names the causes.',
    path: '/load',
    severity: 'Medium',
    wakes: false,
  },
  signal: {
    title: (name) => `Alarms went off after ${name}`,
    fix: 'Look at what the alarm watches and at the action. "jobzero undo" takes it back where it was not taken back already; when it was not the action, run it again from its finding.',
    path: '/actions',
    severity: 'High',
    wakes: true,
  },
  doctor: {
    title: (name) => `jobzero is not well: ${name}`,
    fix: 'See "jobzero doctor".',
    path: '/automation',
    severity: 'Medium',
    wakes: false,
  },
  playbook: {
    title: (name) => `Playbook ${name} did not do what it should`,
    fix: 'Open the action and look at the live state, then run it again from its finding, undo it, or close the finding. "jobzero actions --state unverified", or failed, lists them.',
    path: '/actions',
    severity: 'High',
    wakes: true,
  },
  role: {
    title: (name) => `Role ${name} is gone`,
    fix: 'See that the role is there, trusts the role of jobzero, and has the policy of docs/reference; it is looked at again every five minutes.',
    path: '/health',
    severity: 'High',
    wakes: true,
  },
  feed: {
    title: (name) => `Nothing new from ${name}`,
    fix: 'See whether logging was turned off or its way here is broken: "jobzero ingest status" for logs, "jobzero lists" for lists.',
    path: '/health',
    severity: 'Medium',
    wakes: false,
  },
  account: {
    title: (name) => `Account ${name} is not enrolled`,
    fix: 'Give jobzero its roles there (docs/guides/connect-an-account.md), or close the account.',
    path: '/health',
    severity: 'Medium',
    wakes: false,
  },
  rules: {
    title: () => 'Rules are silent',
    fix: 'Turn the logs on and deliver them, as docs/reference/logs.md says, or know that you do without.',
    path: '/health',
    severity: 'Low',
    wakes: false,
  },
  'dry-run': {
    title: (name) => `Dry runs of ${name} were never looked at`,
    fix: 'Look at what it would have done and sign for it ("jobzero shadow"), then arm it there, or disarm it to say that it stays so.',
    path: '/automation',
    severity: 'Low',
    wakes: false,
  },
} as const satisfies { readonly [what: string]: FaultWords };

/** A fault with its words for people. */
export function faultOf(item: Item): Required<FaultDoc> & Omit<FaultWords, 'title'> & { readonly title: string; readonly text: string } {
  const { what, name, reason, since, fallback = [], ...own } = item.doc as unknown as FaultDoc;
  const { title, ...words }: FaultWords = faultKinds[what];
  const fix = own.fix ?? words.fix;
  return { what, name, reason, since, fallback, ...words, fix, title: title(name), text: `${reason}. ${fix}` };
}

/** The document of a fault's item. Times are milliseconds since 1970. */
interface FaultDoc extends Fault {
  readonly since: number;
  /** Absent in those of before: nobody. */
  readonly fallback?: readonly Address[];
}

/** Names of the channels that do not deliver now. */
export async function failingChannels(tx: Tx): Promise<ReadonlySet<string>> {
  const open = await tx.items.list({ kind: faultKind, state: ['open'], limit: mostOpen });
  return new Set(open.map(faultOf).flatMap(({ what, name }) => (what === 'channel' ? [name] : [])));
}

const mostOpen = 2_000;

/** Opens a fault, or renews the reason of one that is open. Who is named as fallback is told with the first call of its page. */
export async function openFault(tx: Tx, fault: Fault, fallback: readonly Address[], at: number): Promise<boolean> {
  const id = `${fault.what}/${fault.name}`;
  const before = await tx.items.get(faultKind, id);
  if (before?.state === 'open') {
    const doc = before.doc as unknown as FaultDoc;
    if (doc.reason !== fault.reason) await tx.items.move({ ...before, doc: { ...doc, ...fault } as unknown as Json }, ['open']);
    return false;
  }
  const doc: FaultDoc = { ...fault, since: at, fallback };
  const item = { kind: faultKind, id, state: 'open', dueAt: null, at, doc: doc as unknown as Json };
  if (before === null) await tx.items.add(item);
  else await tx.items.move(item, ['closed']);
  await leaf(tx, fault.what, id, 'open', at);
  return true;
}

/** Closes it; false when it is not open. */
export async function closeFault(tx: Tx, what: Fault['what'], name: string, at: number): Promise<boolean> {
  const before = await tx.items.get(faultKind, `${what}/${name}`);
  if (before?.state !== 'open') return false;
  await leaf(tx, what, before.id, 'closed', at);
  return tx.items.move({ ...before, state: 'closed', at, doc: { ...(before.doc as object), until: at } as Json }, ['open']);
}

/** Names may be people's. */
async function leaf(tx: Tx, what: FaultWhat, id: string, state: 'open' | 'closed', at: number): Promise<void> {
  await tx.ledger.append({
    format: 'jobzero.ledger/1',
    type: 'fault',
    subject: await sealedId(tx, idOf(tx.tenant, faultKind, id)),
    at,
    data: { what, state },
  });
}
