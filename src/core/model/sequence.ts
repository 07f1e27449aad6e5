import { z } from 'zod';
import { InputError } from './errors.ts';
import type { Severity } from './severity.ts';

/** How long the attack may take: `30m`, `6h`, `7d`. */
const Span = z
  .string()
  .regex(/^[1-9]\d{0,3}[smhd]$/, 'a number and s, m, h or d, as 6h')
  .refine((text) => parseSpan(text) <= longest, 'at most 28d: findings are not joined over more');
const longest = 28 * 86_400_000;

const Level = z.enum(['informational', 'low', 'medium', 'high', 'critical']);

const Step = z
  .strictObject({
    name: z.string().min(1),
    /** Readable ids of rules. */
    rules: z.array(z.string().regex(/^[a-z0-9]+(\.[a-z0-9-]+){2,}$/, 'a rule id, as aws.iam.user-created')).default([]),
    /** ATT&CK techniques; one without a dot stands for its sub-techniques too. */
    techniques: z.array(z.string().regex(/^T\d{4}(\.\d{3})?$/, 'an ATT&CK technique, as T1098.001')).default([]),
    /** ATT&CK tactics in Sigma's spelling. */
    tactics: z.array(z.string().regex(/^[a-z-]+$/, 'a tactic, as privilege-escalation')).default([]),
    /** The least severity that counts. */
    level: Level.default('low'),
  })
  .refine((step) => step.rules.length + step.techniques.length + step.tactics.length > 0, 'names no rules, techniques or tactics');

const Example = z.strictObject({
  name: z.string().min(1),
  /** Small findings: what the rule says unless it is said here. `at` is a span after the example's start. */
  findings: z
    .array(
      z.strictObject({
        rule: z.string(),
        at: z.string().regex(/^(0|[1-9]\d{0,4}[smhd])$/, '0, or a number and s, m, h or d'),
        by: z.string().default('alice'),
        ip: z.string().optional(),
        account: z.string().default('111122223333'),
        on: z.string().optional(),
        level: Level.optional(),
      }),
    )
    .min(1),
  expect: z.boolean(),
});

/** The schema of a file in `content/sequences`; docs/guides/write-a-sequence.md explains it. */
export const SequenceSchema = z
  .strictObject({
    title: z.string().min(1),
    description: z.string().min(1),
    severity: Level,
    /** Are the steps in the order of time? */
    ordered: z.boolean().default(true),
    within: Span,
    /** What the steps' findings share, each with each: one of these. Absent: they are of one incident. */
    link: z
      .array(z.enum(['principal', 'session', 'resource', 'address']))
      .min(1)
      .optional(),
    /** The findings are of different accounts. */
    across: z.literal('accounts').optional(),
    steps: z.array(Step).min(2).max(5),
    falsepositives: z.array(z.string().min(1)).min(1),
    examples: z.array(Example).min(2),
  })
  .refine((sequence) => new Set(sequence.steps.map((step) => step.name)).size === sequence.steps.length, 'two steps have one name');

export interface SequenceStep {
  readonly name: string;
  readonly rules: readonly string[];
  readonly techniques: readonly string[];
  readonly tactics: readonly string[];
  readonly level: Severity;
}

/** An attack story: findings which together say more than each. */
export interface Sequence {
  /** The path below `content/sequences` with dots. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly ordered: boolean;
  /** Milliseconds. */
  readonly within: number;
  readonly link: readonly ('principal' | 'session' | 'resource' | 'address')[] | null;
  readonly acrossAccounts: boolean;
  readonly steps: readonly SequenceStep[];
}

export interface SequenceExample {
  readonly name: string;
  readonly findings: readonly {
    readonly rule: string;
    /** Milliseconds after the example's start. */
    readonly at: number;
    readonly by: string;
    readonly ip: string | null;
    readonly account: string;
    readonly on: string | null;
    readonly level: Severity | null;
  }[];
  readonly expect: boolean;
}

export const severityOf: { readonly [level in z.infer<typeof Level>]: Severity } = {
  informational: 'Informational',
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  critical: 'Critical',
};

/** A sequence of a parsed file, with its examples. Throws InputError with the place of the first fault. */
export function parseSequence(
  id: string,
  value: unknown,
  file: string,
): { readonly sequence: Sequence; readonly examples: readonly SequenceExample[]; readonly falsePositives: readonly string[] } {
  const result = SequenceSchema.safeParse(value);
  if (!result.success) {
    const [first, ...more] = result.error.issues;
    const path = first?.path.join('.') ?? '';
    throw new InputError(
      `${first?.message ?? 'not a sequence'}${more.length > 0 ? ` (and ${more.length} more)` : ''}`,
      path === '' ? file : `${file}: ${path}`,
    );
  }
  const { title, description, severity, ordered, within, link, across, steps, falsepositives, examples } = result.data;
  return {
    sequence: {
      id,
      title,
      description,
      severity: severityOf[severity],
      ordered,
      within: parseSpan(within),
      link: link ?? null,
      acrossAccounts: across === 'accounts',
      steps: steps.map((step) => ({ ...step, level: severityOf[step.level] })),
    },
    examples: examples.map((example) => ({
      ...example,
      findings: example.findings.map(({ at, ip, on, level, ...rest }) => ({
        ...rest,
        at: at === '0' ? 0 : parseSpan(at),
        ip: ip ?? null,
        on: on ?? null,
        level: level === undefined ? null : severityOf[level],
      })),
    })),
    falsePositives: falsepositives,
  };
}

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function parseSpan(text: string): number {
  return Number(text.slice(0, -1)) * units[text.slice(-1) as keyof typeof units];
}
