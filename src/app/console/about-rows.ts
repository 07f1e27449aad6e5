import type { About, Deployer, Fact, Known } from '../../core/model/decide-context.ts';

/** What is known of a finding in one respect, in words, with where it is known from. */
export interface AboutRow {
  readonly name: 'owner' | 'made by' | 'changed by' | 'reaches' | 'data' | 'exposed' | 'attacked';
  /** A word or two. `unknown`: it was not found out. */
  readonly says: string;
  /** Of what has levels, 0 to 3; else null. */
  readonly level: number | null;
  readonly facts: readonly Fact[];
  /** Facts beside those. */
  readonly more: number;
  /** What could not be looked at. */
  readonly unknown: readonly string[];
}

const levels = {
  reaches: ['nothing', "the account's settings", 'data', 'administration'],
  data: ['none', 'of whatever sort', 'confidential', 'personal, secret or the like'],
  exposed: ['no', 'a public address', 'a part of it to the world', 'public'],
  attacked: ['no', 'a way in is known', 'an exploit goes round', 'an attack is open'],
} as const;

/** The rows of a card, always the same ones: what nobody found out is `unknown`. */
export function aboutRows(about: About | null): readonly AboutRow[] {
  return [
    {
      ...named('owner', about?.owner == null ? null : { says: about.owner.name, from: about.owner.from }),
      unknown: about?.ownerUnknown ?? [],
    },
    named('made by', about?.code == null ? null : { says: about.code.name, from: about.code.from }),
    named('changed by', about?.deployer == null ? null : { says: whoChanged(about.deployer), from: about.deployer.from }),
    graded('reaches', about?.reach),
    graded('data', about?.data),
    graded('exposed', about?.exposed),
    graded('attacked', about?.exploited),
  ];
}

function named(name: AboutRow['name'], fact: Fact | null): AboutRow {
  return { name, says: fact?.says ?? 'unknown', level: null, facts: fact === null ? [] : [fact], more: 0, unknown: [] };
}

function graded(name: keyof typeof levels, known: Known | undefined): AboutRow {
  if (known === undefined) return { name, says: 'unknown', level: null, facts: [], more: 0, unknown: [] };
  const { level, facts, n, unknown } = known;
  const isKnown = level > 0 || unknown.length === 0;
  return { name, says: isKnown ? levels[name][level] : 'unknown', level, facts, more: n - facts.length, unknown };
}

const by: { readonly [kind in Deployer['by']]: string } = {
  person: 'a person',
  pipeline: 'a pipeline',
  code: 'infrastructure code',
  service: 'a service',
  unknown: 'person or program unknown',
};

/** `arn:... (a pipeline: GitHub Actions), PutBucketPolicy at 2026-01-02T03:04:05Z` */
function whoChanged({ who, by: kind, with: program, operation, at }: Deployer): string {
  const time = `${new Date(at).toISOString().slice(0, 19)}Z`;
  return `${who} (${by[kind]}${program === '' ? '' : `: ${program}`}), ${operation} at ${time}`;
}
