import type { Severity, TrendDay } from '../api/generated/client.ts';
import { day as dayOf } from '../lib/time.ts';
import { useNow } from '../lib/use-now.ts';

const drawn: readonly Severity[] = ['Critical', 'High', 'Medium', 'Low'];
const width = 720;
const height = 160;

/** How many findings were open when each day ended: a line for each severity. */
export function TrendPicture({ trend }: { readonly trend: readonly TrendDay[] }) {
  const now = useNow();
  const [first, last] = [trend[0], trend.at(-1)];
  if (first === undefined || last === undefined || trend.length < 2) return null;
  const most = Math.max(1, ...trend.flatMap(({ open }) => drawn.map((severity) => open[severity])));
  const x = (i: number) => (i / (trend.length - 1)) * width;
  const y = (n: number) => height - (n / most) * (height - 4) - 2;
  const shown = drawn.filter((severity) => trend.some(({ open }) => open[severity] > 0));
  const says = shown.map((severity) => `${severity} from ${first.open[severity]} to ${last.open[severity]}`).join(', ');
  return (
    <figure className="trend">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Open findings, day by day: ${says || 'none'}`}
      >
        <line x1="0" x2={width} y1={y(0)} y2={y(0)} className="trend-ground" />
        <line x1="0" x2={width} y1={y(most)} y2={y(most)} className="trend-ground" />
        {shown.map((severity) => (
          <polyline
            key={severity}
            className={`trend-line severity-${severity.toLowerCase()}`}
            points={trend.map(({ open }, i) => `${x(i).toFixed(1)},${y(open[severity]).toFixed(1)}`).join(' ')}
          />
        ))}
      </svg>
      <div className="trend-foot small quiet">
        <span>{dayOf(first.day, now)}</span>
        <span>at most {most}</span>
        <span>now</span>
      </div>
      <figcaption>
        {shown.map((severity) => (
          <span key={severity} className={`trend-key severity-${severity.toLowerCase()}`}>
            <i aria-hidden="true" />
            {severity} <b className="tabular">{last.open[severity]}</b>
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
