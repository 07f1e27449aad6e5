import { cloudTrailEvent } from '../../core/collect/cloudtrail/cloudtrail-event.ts';
import { evidenceOf } from '../../core/detect/evidence.ts';
import { canonicalJson } from '../../core/lib/canonical-json.ts';
import { asObject, listAt } from '../../core/lib/json-at.ts';
import type { DecideContext } from '../../core/model/decide-context.ts';
import { CloudError } from '../../core/model/errors.ts';
import type { Evidence, Finding } from '../../core/model/finding.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import type { TriageDeps } from './triage-deps.ts';

/** The event history answers two calls a second: so much of the evidence is looked up, the earliest and the last. */
const mostLookedUp = 8;

export interface Confirmed {
  /** `validated`: all that was looked up is so, and something was. */
  readonly evidence: DecideContext['evidence'];
  /** The evidence that AWS has confirmed. */
  readonly confirmed: readonly Evidence[];
  /** AWS's own records of it, by the evidence's id. */
  readonly records: ReadonlyMap<string, JsonObject>;
}

/**
 * Does AWS itself confirm the evidence? Of a control the state was read from AWS. Of a detection the management events
 * must be in CloudTrail's own event history, which whoever writes to a log bucket cannot write, and say there what the
 * finding says: the id of a true event under a forged record confirms nothing.
 */
export async function confirmEvidence({ cloud, rules }: Pick<TriageDeps, 'cloud' | 'rules'>, finding: Finding): Promise<Confirmed> {
  if (finding.kind === 'compliance') return { evidence: 'validated', confirmed: finding.evidence, records: new Map() };
  const confirmable = finding.evidence.filter((evidence) => evidence.dataEvent !== true);
  const asked = confirmable.length <= mostLookedUp ? confirmable : [...confirmable.slice(0, mostLookedUp - 1), ...confirmable.slice(-1)];
  const confirmed: Evidence[] = [];
  const records = new Map<string, JsonObject>();
  for (const evidence of asked) {
    const record = await inHistory(cloud, rules, evidence);
    // One that is not there is enough to ask a person.
    if (record === null) return { evidence: 'unvalidated', confirmed, records };
    confirmed.push(evidence);
    records.set(evidence.id, record);
  }
  return { evidence: confirmed.length > 0 ? 'validated' : 'unvalidated', confirmed, records };
}

async function inHistory(cloud: Cloud, rules: TriageDeps['rules'], evidence: Evidence): Promise<JsonObject | null> {
  try {
    const answer = await cloud.call({
      account: evidence.account,
      region: evidence.region,
      action: 'cloudtrail:LookupEvents',
      input: { LookupAttributes: [{ AttributeKey: 'EventId', AttributeValue: evidence.id }] },
      role: 'reader',
    });
    const records = listAt(answer, 'Events').map(recordIn);
    return records.find((record) => record !== null && saysTheSame(record, rules, evidence)) ?? null;
  } catch (error) {
    // What cannot be read confirms nothing.
    if (error instanceof CloudError) return null;
    throw error;
  }
}

/** The record of an event of the event history; null for what is none. */
export function recordIn(event: Json): JsonObject | null {
  const text = asObject(event)?.['CloudTrailEvent'];
  if (typeof text !== 'string') return null;
  try {
    return asObject(JSON.parse(text) as Json);
  } catch {
    return null;
  }
}

/** Would the record of the event history have given this very evidence? */
function saysTheSame(record: JsonObject, rules: TriageDeps['rules'], evidence: Evidence): boolean {
  const rule = rules.get(evidence.rule);
  if (rule?.kind !== 'event') return false;
  const event = cloudTrailEvent(record);
  return typeof event !== 'string' && canonicalJson(telling(evidenceOf(event, rule))) === canonicalJson(telling(evidence));
}

/** What leads to targets. How somebody's program calls itself does not, nor do lists, which change. */
function telling({ userAgent: _, kept, ...evidence }: Evidence): Omit<Evidence, 'userAgent'> {
  if (kept === undefined) return evidence;
  const { lists: __, ...values } = kept;
  return Object.keys(values).length === 0 ? evidence : { ...evidence, kept: values };
}
