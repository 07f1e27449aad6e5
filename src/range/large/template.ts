import type { JsonObject } from '../../core/model/json.ts';
import type { Dice } from '../dice.ts';

/** A record cut open where one event differs from the next. */
export interface Template {
  /** Texts between the slots: one more than these. */
  readonly texts: readonly string[];
  readonly slots: readonly Slot[];
  /** Recorded in us-east-1 wherever it is called from. */
  readonly fixedRegion: boolean;
  /** Only an account's own trail takes it. */
  readonly data: boolean;
}

const slotNames = [
  'IDENTITY',
  'TIME',
  'IP',
  'AGENT',
  'REQUEST',
  'REQUESTS3',
  'EVENT',
  'ACCOUNT',
  'REGION',
  'ARN',
  'HEX',
  'N',
  'A',
  'B',
  'C',
  'DAY',
  'ID2',
  'KEY',
  'ROLE',
  'ROLEID',
  'SESSION',
  'UNTIL',
] as const;
export type Slot = (typeof slotNames)[number];

/** What the events of one session have in common. */
export interface Session {
  readonly account: string;
  readonly region: string;
  /** `userIdentity` as JSON. */
  readonly identity: string;
  readonly ip: string;
  readonly agent: string;
  readonly arn: string;
  readonly key: string;
  readonly role: string;
  readonly roleId: string;
  readonly name: string;
  /** When the session ends, as CloudTrail writes it in answers. */
  readonly until: string;
  /** Names of things that the principal is used to. */
  readonly names: readonly [string, string, string];
}

const known = new Set<string>(slotNames);

/** Cuts a played record open; `arn` is the caller that played it, null where the record does not name one. Its input may hold slots as `%NAME%`. */
export function cutOpen(record: JsonObject, arn: string | null): Template {
  const agent = String(record['userAgent']);
  const fixedRegion =
    record['eventSource'] === 's3.amazonaws.com' || /^(iam|route53|organizations|health|ce|budgets)\./.test(String(record['eventSource']));
  let text = JSON.stringify({
    ...record,
    userIdentity: '%IDENTITY%',
    eventTime: '%TIME%',
    sourceIPAddress: '%IP%',
    userAgent: agent.startsWith('[') ? '[%AGENT%]' : '%AGENT%',
    requestID: String(record['requestID']).length === 16 ? '%REQUESTS3%' : '%REQUEST%',
    eventID: '%EVENT%',
  });
  text = text.replace('"%IDENTITY%"', '%IDENTITY%').replace(/("x-amz-id-2":")[^"]*/, '$1%ID2%=');
  if (arn !== null) text = text.replaceAll(arn, '%ARN%');
  text = text.replaceAll(String(record['recipientAccountId']), '%ACCOUNT%');
  if (!fixedRegion) text = text.replaceAll('us-east-1', '%REGION%');
  const texts: string[] = [''];
  const slots: Slot[] = [];
  for (const [i, part] of text.split(/%([A-Z][A-Z0-9]*)%/).entries()) {
    if (i % 2 === 0) texts[texts.length - 1] += part;
    else if (known.has(part)) {
      slots.push(part as Slot);
      texts.push('');
    } else texts[texts.length - 1] += `%${part}%`;
  }
  return { texts, slots, fixedRegion, data: record['eventCategory'] === 'Data' };
}

const fourDigits = Array.from({ length: 65_536 }, (_, n) => n.toString(16).padStart(4, '0'));

/** A random UUID; quicker than that of the dice. */
export function quickUuid(dice: Dice): string {
  const [a, b, c, d] = [dice.next(), dice.next(), dice.next(), dice.next()];
  const four = (n: number) => fourDigits[n & 0xffff] ?? '';
  return `${four(a)}${four(a >>> 16)}-${four(b)}-4${four(b >>> 16).slice(1)}-${'89ab'[c & 3]}${four(c >>> 4).slice(1)}-${four(c >>> 16)}${four(d)}${four(d >>> 16)}`;
}

function hex(dice: Dice, words: number): string {
  let text = '';
  for (let i = 0; i < words; i++) {
    const n = dice.next();
    text += (fourDigits[n & 0xffff] ?? '') + (fourDigits[n >>> 16] ?? '');
  }
  return text;
}

/** One event as the text of its record. `time` is ISO 8601 in whole seconds. */
export function render({ texts, slots, fixedRegion }: Template, session: Session, time: string, eventId: string, dice: Dice): string {
  let text = texts[0] ?? '';
  for (let i = 0; i < slots.length; i++) {
    text += slotValue(slots[i] as Slot, session, time, eventId, dice, fixedRegion);
    text += texts[i + 1] ?? '';
  }
  return text;
}

function slotValue(slot: Slot, session: Session, time: string, eventId: string, dice: Dice, fixedRegion: boolean): string {
  switch (slot) {
    case 'IDENTITY':
      return session.identity;
    case 'TIME':
      return time;
    case 'IP':
      return session.ip;
    case 'AGENT':
      return session.agent;
    case 'REQUEST':
      return quickUuid(dice);
    case 'REQUESTS3':
      return hex(dice, 2).toUpperCase();
    case 'EVENT':
      return eventId;
    case 'ACCOUNT':
      return session.account;
    case 'REGION':
      return fixedRegion ? 'us-east-1' : session.region;
    case 'ARN':
      return session.arn;
    case 'HEX':
      return hex(dice, 3).slice(0, 17);
    case 'N':
      return String(Math.floor(400 / (1 + dice.int(400))));
    case 'A':
      return session.names[0];
    case 'B':
      return session.names[1];
    case 'C':
      return session.names[2];
    case 'DAY':
      return time.slice(0, 10);
    case 'ID2':
      return hex(dice, 9);
    case 'KEY':
      return session.key;
    case 'ROLE':
      return session.role;
    case 'ROLEID':
      return session.roleId;
    case 'SESSION':
      return session.name;
    case 'UNTIL':
      return session.until;
  }
}
