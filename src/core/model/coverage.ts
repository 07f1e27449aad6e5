import { z } from 'zod';

const ids = z.array(z.string()).min(1);

/** What a kind of finding still waits for: a log, a list of addresses, learned behaviour, or steps joined into one. */
const waitsFor = z.enum(['flow', 'dns', 'eks', 'rds', 'lists', 'baselines', 'sequences']);

/** How one kind of another product's findings is answered here. */
const CoverageState = z.union([
  /** The same is found by these rules. `note` says what of it is not. */
  z.strictObject({ rules: ids, note: z.string().optional() }),
  /** Incidents of these sequences say the same. */
  z.strictObject({ sequences: ids, note: z.string().optional() }),
  /** Something else is looked at, to the same end; `note` says what. */
  z.strictObject({ substitute: ids, note: z.string() }),
  /** Not yet; `rules` find a part of it. */
  z.strictObject({ planned: waitsFor, rules: ids.optional(), note: z.string().optional() }),
  /** Needs an agent on the machine. */
  z.literal('agent'),
  /** Needs the contents of disks or objects scanned for malware. */
  z.literal('disk-scan'),
  /** The vendor raises it no more. */
  z.literal('retired'),
]);
export type CoverageState = z.infer<typeof CoverageState>;

/** A file of `content/coverage`: every kind of finding of another product, by its own name, and how it is answered here. */
export const Coverage = z.strictObject({
  title: z.string(),
  /** Where the product lists its findings. */
  source: z.url(),
  types: z.record(z.string(), CoverageState),
  /** Why a person judges what the product reports, of types that no playbook answers. `*` stands for any characters; the first that fits counts. */
  judgements: z.array(z.strictObject({ types: ids, why: z.string() })).default([]),
});
export type Coverage = z.infer<typeof Coverage>;

/** The rules and sequences that a state names. */
export function coveringUnits(state: CoverageState): readonly string[] {
  if (typeof state === 'string') return [];
  if ('substitute' in state) return state.substitute;
  return 'sequences' in state ? state.sequences : (state.rules ?? []);
}
