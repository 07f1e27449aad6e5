import { z } from 'zod';
import { accountKinds, accountPart, campaignName, campaignSeconds, campaignTechniques, Traffic } from './campaign-traffic.ts';
import { InputError } from './errors.ts';
import type { Json } from './json.ts';

const name = campaignName;
const seconds = campaignSeconds;
const times = z.number().int().min(1).max(10_000);

export type AccountKind = (typeof accountKinds)[number];

/** With what an actor signs its calls. */
const Signs = z.union([
  /** The first access key of an IAM user. */
  z.strictObject({ user: z.string() }),
  /** The credentials that the metadata service of an instance (by its Name tag) gives out. */
  z.strictObject({ instance: z.string() }),
  /** The access key id that an earlier step answered: `step-id.Credentials.AccessKeyId`. */
  z.strictObject({ from: z.string().regex(/^[a-z0-9-]+(\.[A-Za-z0-9]+)+$/, 'step-id.Path.To.Value') }),
  /** A running session of a role, by its name (`*` stands for anything): one that was there before the campaign. */
  z.strictObject({ role: z.string().min(1), session: z.string().min(1), mfa: z.boolean().default(false) }),
  /** The Identity Center session of somebody who works here. The same `person` is the same human in the whole run. */
  z.strictObject({ person: name, set: z.string().min(1).default('AdministratorAccess') }),
  /** Only for sts:AssumeRoleWithWebIdentity: `issuer|audience|subject`. */
  z.strictObject({ webIdentity: z.string().regex(/^[^|]+\|[^|]+\|[^|]+$/, 'issuer|audience|subject') }),
  z.strictObject({ service: z.string().endsWith('.amazonaws.com') }),
  /** A principal of an account that is not of the organisation. */
  z.strictObject({ outside: z.string().regex(/^\d{12}$/, 'twelve digits') }),
  z.strictObject({ root: z.literal(true) }),
  z.strictObject({ anonymous: z.literal(true) }),
]);

const Actor = z.strictObject({
  account: accountPart,
  signs: Signs,
  /** Default: that of the person who signs; else 203.0.113.10. */
  ip: z.string().optional(),
  userAgent: z.string().optional(),
  /** The AWS service that calls on behalf of the actor: `cloudformation.amazonaws.com`. */
  via: z.string().endsWith('.amazonaws.com').optional(),
  attacker: z.boolean().default(false),
});

const recordValue = z.record(z.string(), z.json()).nullable();

/** What the record says of a call whose service has no state here; see docs/guides/write-a-campaign.md. */
const StepRecord = z.strictObject({
  source: z.string().endsWith('.amazonaws.com').optional(),
  name: z.string().min(1).optional(),
  readOnly: z.boolean().optional(),
  /** A data event: only trails that select its resource record it. */
  data: z.boolean().default(false),
  eventType: z.enum(['AwsApiCall', 'AwsConsoleSignIn', 'AwsServiceEvent', 'AwsConsoleAction']).default('AwsApiCall'),
  requestParameters: recordValue.optional(),
  responseElements: recordValue.default(null),
  additionalEventData: recordValue.default(null),
  errorCode: z.string().min(1).optional(),
  errorMessage: z.string().optional(),
  /** The ARN that is authorised. */
  resource: z.string().optional(),
  resourceType: z.string().optional(),
});

const Step = z.strictObject({
  id: name,
  actor: name,
  /** As IAM names it. */
  action: z.string().regex(/^[a-z0-9-]+:[A-Z][A-Za-z0-9]*$/, 'service:Action'),
  region: z.string().default('us-east-1'),
  /** Seconds after the step before it. */
  wait: seconds.default(0),
  input: z.record(z.string(), z.json()).default({}),
  /** How often the call is made, and how many seconds lie between. */
  times: times.default(1),
  every: seconds.default(0),
  record: StepRecord.optional(),
  techniques: campaignTechniques,
});

/** The same steps for each member: `${each}` is it. */
const Loop = z.strictObject({
  /** The name of one of `lists`, or `accounts` (of the kind in `of`, or all). */
  each: z.string(),
  of: z.enum(accountKinds).optional(),
  /** How many members at most; the first ones. */
  most: times.optional(),
  steps: z.array(Step).min(1),
});

/** Ordinary work that happens again and again. */
const Routine = z.strictObject({
  name,
  /** Average seconds from one start to the next. */
  every: z.number().min(1).max(604_800),
  steps: z.array(Step).min(1),
});

const Repeat = z.strictObject({
  /** A run begins in each such span of days, at a time that the seed chooses. */
  days: z.number().min(0.01).max(366),
  /** And for each such number of accounts there is one; at least one. Default: one in the organisation. */
  accounts: z.number().int().min(1).optional(),
});

/** The schema of a file in `content/campaigns`; docs/guides/write-a-campaign.md explains it. */
export const CampaignSchema = z
  .strictObject({
    id: name,
    title: z.string().min(1),
    description: z.string().min(1),
    /** Default: `attack` where an actor is an attacker. */
    kind: z.enum(['attack', 'benign']).optional(),
    /** What it is for: what its author wants in the end. */
    objective: z.string().min(1).optional(),
    /** Should somebody be told? Default: of attacks. */
    incident: z.boolean().optional(),
    /** Steps wait until these hours begin: 8 to 18 on workdays, 22 to 5, or Saturday and Sunday. */
    when: z.enum(['any', 'working-hours', 'night', 'weekend']).default('any'),
    /** Hours east of Greenwich, for `when`. */
    utcOffset: z.number().min(-12).max(14).default(0),
    repeat: Repeat.optional(),
    /** All waits are divided by it. */
    speed: z.number().min(0.001).max(1000).default(1),
    /** Each wait is made shorter or longer by up to this part of it. */
    jitter: z.number().min(0).max(1).default(0),
    /** Texts to choose from: `${pick.NAME}`, `${roll.NAME}`, and loops. */
    lists: z.record(name, z.array(z.string()).min(1)).default({}),
    actors: z.record(name, Actor).default({}),
    steps: z.array(z.union([Loop, Step])).default([]),
    /** What happens on the network and in other services, in order, from the beginning of the run on. */
    traffic: z.array(Traffic).default([]),
    /** What is tried again and again after the last step; refusals are part of the show. */
    persists: z.strictObject({ every: z.number().min(1).max(86_400), times: times.optional(), steps: z.array(Step).min(1) }).optional(),
    routines: z.array(Routine).default([]),
  })
  .superRefine((campaign, context) => {
    const seen = new Set<string>();
    for (const { path, step } of placedSteps(campaign)) {
      if (!Object.hasOwn(campaign.actors, step.actor)) {
        context.addIssue({ code: 'custom', path: [...path, 'actor'], message: `no actor ${step.actor}` });
      }
      if (seen.has(step.id)) context.addIssue({ code: 'custom', path: [...path, 'id'], message: `the id ${step.id} is used twice` });
      seen.add(step.id);
    }
    for (const [i, entry] of campaign.traffic.entries()) {
      if (seen.has(entry.id)) context.addIssue({ code: 'custom', path: ['traffic', i, 'id'], message: `the id ${entry.id} is used twice` });
      seen.add(entry.id);
    }
    for (const [i, entry] of campaign.steps.entries()) {
      if ('steps' in entry && entry.each !== 'accounts' && !Object.hasOwn(campaign.lists, entry.each)) {
        context.addIssue({
          code: 'custom',
          path: ['steps', i, 'each'],
          message: `no list ${entry.each}; lists are in "lists", or accounts`,
        });
      }
    }
    visitTexts(campaign as unknown as Json, [], (text, path) => {
      for (const [whole, kind, list] of text.matchAll(campaignReference)) {
        if (kind !== undefined && !referenceKinds.has(kind)) {
          context.addIssue({ code: 'custom', path: [...path], message: `${whole} is not a reference` });
        } else if ((kind === 'pick' || kind === 'roll') && !Object.hasOwn(campaign.lists, list ?? '')) {
          context.addIssue({ code: 'custom', path: [...path], message: `${whole}: no list ${list}` });
        } else if (kind === 'steps' && !seen.has(list ?? '')) {
          context.addIssue({ code: 'custom', path: [...path], message: `${whole}: no step ${list}` });
        }
      }
    });
  });

export type Campaign = z.infer<typeof CampaignSchema>;
export type CampaignStep = z.infer<typeof Step>;
export type CampaignEntry = Campaign['steps'][number];
export type CampaignActor = z.infer<typeof Actor>;
export type CampaignRecord = z.infer<typeof StepRecord>;

type Steps = Pick<Campaign, 'steps' | 'persists' | 'routines'>;

function* placedSteps({ steps, persists, routines }: Steps): Generator<{ path: (string | number)[]; step: CampaignStep }> {
  for (const [i, entry] of steps.entries()) {
    if (!('steps' in entry)) yield { path: ['steps', i], step: entry };
    else for (const [j, step] of entry.steps.entries()) yield { path: ['steps', i, 'steps', j], step };
  }
  for (const [i, step] of (persists?.steps ?? []).entries()) yield { path: ['persists', 'steps', i], step };
  for (const [r, routine] of routines.entries())
    for (const [i, step] of routine.steps.entries()) yield { path: ['routines', r, 'steps', i], step };
}

/** Every step of a campaign once, those of loops, what persists and routines among them. */
export function allSteps(campaign: Steps): readonly CampaignStep[] {
  return [...placedSteps(campaign)].map(({ step }) => step);
}

/** Whether it is an attack, and whether somebody should be told: what the file says, or else its actors. */
export function natureOf(campaign: Campaign): { readonly kind: 'attack' | 'benign'; readonly incident: boolean } {
  const kind =
    campaign.kind ?? ([...Object.values(campaign.actors), ...campaign.traffic].some(({ attacker }) => attacker) ? 'attack' : 'benign');
  return { kind, incident: campaign.incident ?? kind === 'attack' };
}

/** Checks the parsed YAML of a campaign. Throws InputError with the file, the path in it, and how many more faults there are. */
export function parseCampaign(data: unknown, file: string): Campaign {
  const result = CampaignSchema.safeParse(data);
  if (result.success) return result.data;
  const { issues } = result.error;
  const { message, path } = plainest(issues[0], []);
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  throw new InputError(`${message ?? 'not a campaign'}${more}`, `${file}: ${path.join('.')}`);
}

type Issue = z.core.$ZodIssue | undefined;

/** Of a value that fits none of several shapes, the fault of the shape that it comes nearest to: the one with the deepest path. */
function plainest(issue: Issue, above: readonly PropertyKey[]): { readonly message: string | undefined; readonly path: PropertyKey[] } {
  const path = [...above, ...(issue?.path ?? [])];
  if (issue?.code !== 'invalid_union') return { message: issue?.message, path };
  const shapes = issue.errors.map((list) => ({ faults: list.length, ...plainest(list[0], path) }));
  shapes.sort((a, b) => a.faults - b.faults || b.path.length - a.path.length);
  return shapes[0] ?? { message: issue.message, path };
}

/** One call of a campaign as it went: the ground truth of a run. */
export interface CampaignCall {
  readonly campaign: string;
  readonly step: string;
  readonly attacker: boolean;
  readonly techniques: readonly string[];
  readonly account: string;
  readonly action: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Null where CloudTrail records nothing: the key was unknown or inactive. */
  readonly eventId: string | null;
  /** AWS's error code; null for a call that succeeded. */
  readonly errorCode: string | null;
  /** Of the same call as another account recorded it. */
  readonly otherEventId?: string;
  /** The ARN of the caller. */
  readonly principal?: string;
}

/** A reference in a text of a campaign: `${account}`, `${group.NAME}`, `${pick.LIST}`, `${steps.ID.Path.To.Value}`. */
export const campaignReference = /\$\{([a-z]+)(?:\.([A-Za-z0-9-]+))?((?:\.[A-Za-z0-9]+)*)\}/g;

const referenceKinds = new Set(['account', 'group', 'instance', 'steps', 'pick', 'roll', 'each', 'run', 'person', 'org']);

function visitTexts(
  value: Json,
  path: readonly (string | number)[],
  visit: (text: string, path: readonly (string | number)[]) => void,
): void {
  if (typeof value === 'string') visit(value, path);
  else if (Array.isArray(value)) for (const [i, member] of value.entries()) visitTexts(member, [...path, i], visit);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) visitTexts(member, [...path, key], visit);
  }
}

/** Ids of the steps whose answers a campaign uses later. */
export function referencedSteps(campaign: Campaign): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const step of allSteps(campaign)) {
    visitTexts(step.input, [], (text) => {
      for (const [, kind, id] of text.matchAll(campaignReference)) if (kind === 'steps' && id !== undefined) ids.add(id);
    });
  }
  for (const actor of Object.values(campaign.actors)) if ('from' in actor.signs) ids.add(actor.signs.from.split('.')[0] ?? '');
  return ids;
}
