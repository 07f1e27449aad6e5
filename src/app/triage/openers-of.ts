import { cloudTrailEvent } from '../../core/collect/cloudtrail/cloudtrail-event.ts';
import { parseArn, partitionOf } from '../../core/lib/arn.ts';
import { parseEventTime } from '../../core/lib/event-time.ts';
import { iamRegion } from '../../core/lib/inline-policy.ts';
import { listAt, textAt } from '../../core/lib/json-at.ts';
import type { Evidence } from '../../core/model/finding.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { attempt } from '../cloud-attempt.ts';
import { type Confirmed, recordIn } from './confirm-evidence.ts';

/** The event history answers two calls a second: of so many sessions it is asked who opened them, and so far back. */
const mostSessions = 3;
const mostSteps = 3;

/**
 * Who opened the sessions of the confirmed evidence, as AWS's event history tells it, where it was the same hand: the call that opened a session
 * came from the address from which the session was used. A session that was stolen has an opener elsewhere, who is not to blame.
 */
export async function openersOf(cloud: Cloud, { confirmed, records }: Confirmed): Promise<readonly Evidence[]> {
  const openers: Evidence[] = [];
  const asked = new Set<string>();
  let next = confirmed.map((evidence) => ({ evidence, record: records.get(evidence.id) ?? {} }));
  for (let step = 0; step < mostSteps && next.length > 0; step++) {
    const found: { readonly evidence: Evidence; readonly record: JsonObject }[] = [];
    for (const { evidence, record } of next) {
      const key = evidence.actor?.accessKeyId ?? '';
      if (asked.has(key) || asked.size >= mostSessions * mostSteps) continue;
      asked.add(key);
      const opener = await openerOf(cloud, evidence, record);
      if (opener !== null) found.push(opener);
    }
    openers.push(...found.map(({ evidence }) => evidence));
    next = found.slice(0, mostSessions);
  }
  return openers;
}

async function openerOf(
  cloud: Cloud,
  evidence: Evidence,
  record: JsonObject,
): Promise<{ readonly evidence: Evidence; readonly record: JsonObject } | null> {
  const { actor, ip, account, region } = evidence;
  const began = parseEventTime(textAt(record, 'userIdentity', 'sessionContext', 'attributes', 'creationDate') ?? undefined);
  if (actor?.type !== 'AssumedRole' || actor.issuer === undefined || actor.accessKeyId === undefined || ip === undefined || began === null)
    return null;
  // Of an instance, a function or a person of Identity Center AWS itself opens the session.
  if (parseArn(actor.issuer)?.resource.startsWith('role/aws-') !== false) return null;
  const input = {
    LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: actor.issuer }],
    StartTime: new Date(began - 1000).toISOString(),
    EndTime: new Date(began + 1000).toISOString(),
  };
  // STS records where it was called: in the Region, or where it is for all.
  for (const near of new Set([region, iamRegion(partitionOf(region))])) {
    const got = await attempt(cloud, { account, region: near, action: 'cloudtrail:LookupEvents', input, role: 'reader' });
    if (!got.ok) continue;
    for (const event of listAt(got.answer, 'Events')) {
      const opening = recordIn(event);
      if (opening === null || textAt(opening, 'responseElements', 'credentials', 'accessKeyId') !== actor.accessKeyId) continue;
      const read = cloudTrailEvent(opening);
      if (typeof read === 'string' || opening['eventName'] !== 'AssumeRole' || read.words.ip !== ip || read.words.actor === undefined)
        continue;
      const { words, key, time } = read;
      return {
        record: opening,
        evidence: {
          key,
          id: words.id ?? key,
          time,
          rule: evidence.rule,
          operation: words.operation,
          service: words.service,
          account: words.account,
          region: words.region,
          ip,
          ...(words.actor === undefined ? {} : { actor: words.actor }),
        },
      };
    }
  }
  return null;
}
