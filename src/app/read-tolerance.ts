import { z } from 'zod';
import { parseEventTime } from '../core/lib/event-time.ts';
import { severities } from '../core/model/severity.ts';
import type { Tolerance } from '../core/model/tolerance.ts';
import { readYaml } from './read-yaml.ts';

const account = z.string().regex(/^\d{12}$/, 'an account is 12 digits, in quotes');
const leave = z.enum(['alone', 'ask', 'never']);
const playbookList = z.array(z.string());
const time = z.string().transform((text, context) => {
  const parsed = parseEventTime(text.length === 10 ? `${text}T00:00:00Z` : text);
  if (parsed === null) context.addIssue({ code: 'custom', message: `"${text}" is no time such as 2026-12-31 or 2026-12-31T18:00:00Z` });
  return parsed ?? 0;
});
const scopeKeys = {
  act: leave.optional(),
  playbooks: z.record(z.string(), leave).optional(),
  decideFrom: z.enum(severities).optional(),
  askFrom: z.enum(severities).optional(),
  acceptLegitimateUse: playbookList.optional(),
  acceptProductionUse: playbookList.optional(),
  askActorFrom: z.enum(severities).optional(),
  askActorFor: z.int().min(0).max(1_440).optional(),
  onSilence: z.enum(['ask', 'contain']).optional(),
  impact: z.int().min(-50).max(50).optional(),
};
const scope = z.strictObject(scopeKeys);
const arn = z.string().startsWith('arn:', 'an ARN is wanted; * stands for any text');

/** The tolerance file: docs/reference/tolerance.md. What it leaves out has the careful value. */
const schema = z.strictObject({
  default: scope.optional(),
  units: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        accounts: z.array(account).optional(),
        tags: z.record(z.string().min(1), z.string()).optional(),
        ...scopeKeys,
      }),
    )
    .optional(),
  accounts: z.record(account, scope).optional(),
  caps: z
    .strictObject({ perRun: z.int().min(0).optional(), perHour: z.int().min(0).optional(), perAccountHour: z.int().min(0).optional() })
    .optional(),
  closeAfterDays: z.int().min(0).max(365).optional(),
  shadowDays: z.int().min(0).max(365).optional(),
  stepUp: z.enum(['required', 'when-registered']).optional(),
  signals: z
    .array(
      z.strictObject({
        alarms: z.array(z.string().min(1).max(255)).min(1).max(50),
        account: account.optional(),
        minutes: z.int().min(1).max(120).optional(),
      }),
    )
    .optional(),
  protected: z.array(z.string().startsWith('arn:', 'an ARN is wanted, with * at its end at most')).optional(),
  freezes: z.array(z.strictObject({ from: time, until: time, reason: z.string().min(1), account: account.optional() })).optional(),
  exemptions: z
    .array(
      z.strictObject({
        rule: z.string(),
        account: account.optional(),
        resource: z.string().optional(),
        actor: arn.optional(),
        resources: z.array(z.string()).optional(),
        owner: z.string().min(1),
        reason: z.string().min(1),
        expires: time,
      }),
    )
    .optional(),
  announced: z
    .array(
      z.strictObject({
        from: time,
        until: time,
        who: z.array(arn).min(1),
        rules: z.array(z.string().min(1)).optional(),
        account: account.optional(),
        owner: z.string().min(1),
        reason: z.string().min(1),
      }),
    )
    .optional(),
  people: z.record(z.string().min(1).max(200), z.array(arn).min(1)).optional(),
  remindOwnersAfter: z.int().min(0).max(365).optional(),
  accountOwners: z.record(account, z.string().min(1).max(200)).optional(),
  ownerTags: z.array(z.string().min(1)).optional(),
  dataTags: z.array(z.string().min(1)).optional(),
});

/** What holds where nothing was written: careful, and nothing of production is touched without asking. */
export const carefulTolerance: Tolerance = {
  format: 'jobzero.tolerance/1',
  default: {
    act: 'alone',
    playbooks: {},
    decideFrom: 'Medium',
    askFrom: 'High',
    acceptLegitimateUse: [],
    acceptProductionUse: [],
    askActorFrom: 'Medium',
    askActorFor: 15,
    onSilence: 'ask',
    impact: 0,
  },
  units: [],
  accounts: {},
  caps: { perRun: 10, perHour: 20, perAccountHour: 5 },
  closeAfterDays: 7,
  shadowDays: 7,
  stepUp: 'when-registered',
  signals: [],
  protected: [],
  freezes: [],
  exemptions: [],
  announced: [],
  people: {},
  remindOwnersAfter: 14,
  accountOwners: {},
  ownerTags: ['owner', 'Owner', 'team', 'Team'],
  dataTags: ['data-classification', 'DataClassification', 'data_classification', 'classification', 'Classification'],
};

/** Reads the text of a tolerance file (YAML). Throws an InputError that names the line and what is wanted there. */
export function readTolerance(text: string, file: string): Tolerance {
  const data = readYaml(text, file, schema);
  // JSON drops what is not set, as the stored document does.
  return JSON.parse(
    JSON.stringify({
      ...carefulTolerance,
      default: { ...carefulTolerance.default, ...data.default },
      units: data.units ?? [],
      accounts: data.accounts ?? {},
      caps: { ...carefulTolerance.caps, ...data.caps },
      closeAfterDays: data.closeAfterDays ?? carefulTolerance.closeAfterDays,
      shadowDays: data.shadowDays ?? carefulTolerance.shadowDays,
      stepUp: data.stepUp ?? carefulTolerance.stepUp,
      signals: (data.signals ?? []).map((signal) => ({ ...signal, minutes: signal.minutes ?? 15 })),
      protected: data.protected ?? [],
      freezes: data.freezes ?? [],
      exemptions: data.exemptions ?? [],
      announced: data.announced ?? [],
      people: data.people ?? {},
      remindOwnersAfter: data.remindOwnersAfter ?? carefulTolerance.remindOwnersAfter,
      accountOwners: data.accountOwners ?? {},
      ownerTags: data.ownerTags ?? carefulTolerance.ownerTags,
      dataTags: data.dataTags ?? carefulTolerance.dataTags,
    }),
  ) as Tolerance;
}
