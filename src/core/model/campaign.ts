import { z } from 'zod';
import { InputError } from './errors.ts';
import type { Json } from './json.ts';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'small letters, digits and hyphens');
const seconds = z.number().min(0).max(86_400);

/** With what an actor signs its calls. */
const Signs = z.union([
  /** The first access key of an IAM user. */
  z.strictObject({ user: z.string() }),
  /** The credentials that the metadata service of an instance (by its Name tag) gives out. */
  z.strictObject({ instance: z.string() }),
  /** The access key id that an earlier step answered: `step-id.Credentials.AccessKeyId`. */
  z.strictObject({ from: z.string().regex(/^[a-z0-9-]+(\.[A-Za-z0-9]+)+$/, 'step-id.Path.To.Value') }),
  /** Only for sts:AssumeRoleWithWebIdentity: `issuer|audience|subject`. */
  z.strictObject({ webIdentity: z.string().regex(/^[^|]+\|[^|]+\|[^|]+$/, 'issuer|audience|subject') }),
  z.strictObject({ service: z.string().endsWith('.amazonaws.com') }),
  z.strictObject({ root: z.literal(true) }),
  z.strictObject({ anonymous: z.literal(true) }),
]);

const Actor = z.strictObject({
  /** `management`, `production` or `neglected` account of the organisation. */
  account: z.enum(['management', 'production', 'neglected']).default('production'),
  signs: Signs,
  ip: z.string().optional(),
  userAgent: z.string().default('aws-cli/2.17.0 md/awscrt#0.20.11 ua/2.0 os/linux lang/python#3.11.8'),
  attacker: z.boolean().default(false),
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
  /** ATT&CK techniques, of a step of the attack: the ground truth. */
  techniques: z.array(z.string().regex(/^T\d{4}(\.\d{3})?$/)).default([]),
});

/** Ordinary work that happens again and again. */
const Routine = z.strictObject({
  name,
  /** Average seconds from one start to the next. */
  every: z.number().min(1).max(604_800),
  steps: z.array(Step).min(1),
});

/** The schema of a file in `content/campaigns`; docs/guides/write-a-campaign.md explains it. */
export const CampaignSchema = z
  .strictObject({
    id: name,
    title: z.string().min(1),
    description: z.string().min(1),
    actors: z.record(name, Actor),
    steps: z.array(Step).default([]),
    /** What is tried again and again after the last step; refusals are part of the show. */
    persists: z.strictObject({ every: z.number().min(1).max(3600), steps: z.array(Step).min(1) }).optional(),
    routines: z.array(Routine).default([]),
  })
  .superRefine((campaign, context) => {
    const lists = [
      { path: ['steps'], steps: campaign.steps },
      { path: ['persists', 'steps'], steps: campaign.persists?.steps ?? [] },
      ...campaign.routines.map((routine, i) => ({ path: ['routines', i, 'steps'], steps: routine.steps })),
    ];
    const seen = new Set<string>();
    for (const { path, steps } of lists) {
      for (const [i, step] of steps.entries()) {
        if (!Object.hasOwn(campaign.actors, step.actor)) {
          context.addIssue({ code: 'custom', path: [...path, i, 'actor'], message: `no actor ${step.actor}` });
        }
        if (seen.has(step.id)) context.addIssue({ code: 'custom', path: [...path, i, 'id'], message: `the id ${step.id} is used twice` });
        seen.add(step.id);
      }
    }
  });

export type Campaign = z.infer<typeof CampaignSchema>;
export type CampaignStep = z.infer<typeof Step>;

/** Checks the parsed YAML of a campaign. Throws InputError with the file and the path in it. */
export function parseCampaign(data: unknown, file: string): Campaign {
  const result = CampaignSchema.safeParse(data);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new InputError(issue?.message ?? 'not a campaign', `${file}: ${issue?.path.join('.') ?? ''}`);
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
}

/** A reference in a step's input: `${account}`, `${group.NAME}`, `${instance.NAME}`, `${steps.ID.Path.To.Value}`. */
export const campaignReference = /\$\{([a-z]+)(?:\.([A-Za-z0-9-]+))?((?:\.[A-Za-z0-9]+)*)\}/g;

/** Ids of the steps whose answers a campaign uses later. */
export function referencedSteps(campaign: Campaign): ReadonlySet<string> {
  const ids = new Set<string>();
  const visit = (value: Json): void => {
    if (typeof value === 'string') {
      for (const [, kind, id] of value.matchAll(campaignReference)) if (kind === 'steps' && id !== undefined) ids.add(id);
    } else if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  const all = [...campaign.steps, ...(campaign.persists?.steps ?? []), ...campaign.routines.flatMap((routine) => routine.steps)];
  for (const step of all) visit(step.input);
  for (const actor of Object.values(campaign.actors)) if ('from' in actor.signs) ids.add(actor.signs.from.split('.')[0] ?? '');
  return ids;
}
