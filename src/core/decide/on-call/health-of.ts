import type { AccountHealth, HealthSource, PlaybookHealth, SourceHealth } from '../../model/health.ts';

/** What is known of an account. Times are milliseconds since 1970. */
export interface AccountFacts {
  readonly account: string;
  /** When its settings were read last; null: never. */
  readonly settingsAt: number | null;
  /** Permissions that were missing then. */
  readonly unread: readonly string[];
  /** AWS's code where the reader is denied; null while it is not. */
  readonly readerDenied: string | null;
  /** The same of the role that acts. */
  readonly actorDenied: string | null;
  /** Logs that have come from it in two weeks. */
  readonly arrived: ReadonlySet<HealthSource>;
  /** Of those the ones that went silent, each with where and since when. */
  readonly silent: ReadonlyMap<HealthSource, string>;
  /** Playbooks that may act here. */
  readonly armed: ReadonlySet<string>;
  /** Playbooks whose last action here failed or did not hold. */
  readonly failing: ReadonlySet<string>;
}

/** The settings of an account are read every quarter of an hour; a large organisation may take longer for a round. */
const settingsStaleMs = 6 * 3_600_000;
const mostNamed = 3;

/**
 * How each source of an account does, and each playbook by the sources of what it answers. A source that is blind blinds its playbooks: that comes before
 * whether they are armed.
 */
export function healthOf(
  facts: AccountFacts,
  asked: readonly HealthSource[],
  answers: readonly { readonly playbook: string; readonly sources: readonly HealthSource[] }[],
  stopped: boolean,
  now: number,
): AccountHealth {
  const sources = asked.map((source): SourceHealth => {
    const reason = source === 'settings' ? blindOnSettings(facts, now) : blindOnLog(facts, source);
    return { source, state: reason === null ? 'working' : 'blind', reason: reason ?? '' };
  });
  const blind = new Map(sources.flatMap(({ source, reason }) => (reason === '' ? [] : [[source, reason] as const])));
  const answered = new Set(answers.flatMap((one) => one.sources));
  const unanswered = asked.filter((source) => !answered.has(source)).map((source) => ({ playbook: null, sources: [source] }));
  const playbooks = [...answers, ...unanswered].flatMap(({ playbook, sources: seenBy }) =>
    seenBy.map((source): PlaybookHealth => {
      const unseen = blind.get(source);
      if (unseen !== undefined) return { source, playbook, state: 'blind', reason: unseen };
      const reason = playbook === null ? null : cannotAct(facts, playbook, stopped);
      return { source, playbook, state: reason === null ? 'working' : 'disarmed', reason: reason ?? '' };
    }),
  );
  return { account: facts.account, sources, playbooks };
}

function blindOnSettings({ settingsAt, unread, readerDenied }: AccountFacts, now: number): string | null {
  if (readerDenied !== null) return `the role that reads is denied (${readerDenied})`;
  if (settingsAt === null) return 'its settings were never read';
  if (now - settingsAt > settingsStaleMs) return `its settings were read last at ${new Date(settingsAt).toISOString()}`;
  if (unread.length === 0) return null;
  const named = unread.slice(0, mostNamed).join(', ');
  return `of its settings ${named}${unread.length > mostNamed ? ` and ${unread.length - mostNamed} more` : ''} could not be read`;
}

function blindOnLog({ arrived, silent }: AccountFacts, source: Exclude<HealthSource, 'settings'>): string | null {
  if (!arrived.has(source)) return 'nothing comes from it';
  return silent.get(source) ?? null;
}

function cannotAct({ armed, failing, actorDenied }: AccountFacts, playbook: string, stopped: boolean): string | null {
  if (stopped) return 'the stop button is pressed';
  if (!armed.has(playbook)) return 'not armed';
  if (actorDenied !== null) return `the role that acts is denied (${actorDenied})`;
  return failing.has(playbook) ? 'armed, and its last action here did not hold' : null;
}
