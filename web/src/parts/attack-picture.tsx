import type { Incident, Severity, TimelineEntry } from '../api/generated/client.ts';
import { inColumns, tacticName } from '../lib/tactics.ts';
import { clock, day, length } from '../lib/time.ts';
import { useNow } from '../lib/use-now.ts';

const levels: readonly Severity[] = ['Informational', 'Low', 'Medium', 'High', 'Critical'];
/** More columns than this would be too narrow to see. */
const mostColumns = 24;
/** A pause of at least this is drawn. */
const pause = 600_000;

interface Column {
  readonly from: number;
  readonly to: number;
  readonly entries: readonly TimelineEntry[];
}

/**
 * An incident on ATT&CK's tactics: a row for each, and marks where findings are, from left to right in the order of time.
 * Attacks come in bursts, so a column is a moment and not a length of time; pauses are written. The list below it says the same.
 */
export function AttackPicture({ incident }: { readonly incident: Incident }) {
  const now = useNow();
  const rows = inColumns(incident.timeline.flatMap((entry) => entry.tactics));
  const columns = columnsOf(incident.timeline);
  const last = columns.at(-1);
  if (rows.length === 0 || last === undefined) return null;
  const says = rows.map((tactic) => tacticName(tactic)).join(', ');
  const sameDay = new Date(incident.firstTime).toDateString() === new Date(incident.lastTime).toDateString();
  const when = (at: number) => (sameDay ? clock(at) : `${day(at, now)} ${clock(at)}`);
  return (
    <div className="attack" role="img" aria-label={`Tactics reached, from ${when(incident.firstTime)}: ${says}`}>
      {rows.map((tactic) => (
        <div className="attack-row" key={tactic}>
          <span className="attack-name">{tacticName(tactic)}</span>
          <span className="attack-lane" style={{ gridTemplateColumns: `repeat(${columns.length}, 1fr)` }}>
            {columns.map((column, i) => (
              <Place key={column.from} column={column} tactic={tactic} before={columns[i - 1]} />
            ))}
          </span>
        </div>
      ))}
      <div className="attack-row attack-foot">
        <span className="attack-name" />
        <span className="attack-times">
          <span>{when(incident.firstTime)}</span>
          {incident.lastTime - incident.firstTime < 1000 ? null : <span>{length(incident.lastTime - incident.firstTime)}</span>}
          <span>{when(incident.lastTime)}</span>
        </span>
      </div>
    </div>
  );
}

function Place({ column, tactic, before }: { readonly column: Column; readonly tactic: string; readonly before: Column | undefined }) {
  const here = column.entries.filter((entry) => entry.tactics.includes(tactic));
  const gravest = [...here].sort((a, b) => levels.indexOf(b.severity) - levels.indexOf(a.severity))[0];
  const isLater = before !== undefined && column.from - before.to >= pause;
  return (
    <span
      className={isLater ? 'attack-place attack-later' : 'attack-place'}
      title={isLater ? `${length(column.from - before.to)} later` : undefined}
    >
      {gravest === undefined ? null : (
        <svg
          viewBox="0 0 14 14"
          width="14"
          height="14"
          className={`attack-mark severity-${gravest.severity.toLowerCase()}`}
          aria-hidden="true"
        >
          <title>{here.length === 1 ? gravest.title : `${gravest.title}, and ${here.length - 1} more`}</title>
          <Shape severity={gravest.severity} />
        </svg>
      )}
    </span>
  );
}

/** By shape as well as by colour: a diamond for High and above, a disc for Medium, a ring for Low, a dot for the rest. */
function Shape({ severity }: { readonly severity: Severity }) {
  if (severity === 'Critical' || severity === 'High') return <path d="M7 0.8 13.2 7 7 13.2 0.8 7Z" fill="currentColor" />;
  if (severity === 'Medium') return <circle cx="7" cy="7" r="4.4" fill="currentColor" />;
  if (severity === 'Low') return <circle cx="7" cy="7" r="3.7" fill="var(--sheet)" stroke="currentColor" strokeWidth="1.6" />;
  return <circle cx="7" cy="7" r="1.9" fill="currentColor" />;
}

/** Different moments as columns; where there are too many, neighbours share one. */
function columnsOf(timeline: readonly TimelineEntry[]): readonly Column[] {
  const moments = [...Map.groupBy(timeline, (entry) => entry.time)].sort(([a], [b]) => a - b);
  const each = Math.ceil(moments.length / mostColumns);
  return Array.from({ length: Math.ceil(moments.length / Math.max(1, each)) }, (_, i) => {
    const some = moments.slice(i * each, (i + 1) * each);
    return { from: some[0]?.[0] ?? 0, to: some.at(-1)?.[0] ?? 0, entries: some.flatMap(([, entries]) => entries) };
  });
}
