import type { Station } from '../api/generated/client.ts';
import { clock, length } from '../lib/time.ts';
import { useWide } from '../lib/use-wide.ts';

/** Each in a field of 24 x 24, drawn with lines. */
const icons: { readonly [name in Station['name']]: string } = {
  event: 'M3 12h4l2.5-6 4 12 2.5-6H21',
  setting: 'M4 7h9M17 7h3M15 5v4M4 12h3M11 12h9M9 10v4M4 17h9M17 17h3M15 15v4',
  finding: 'M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12M15 15l5 5',
  decision: 'M12 20v-7M12 13 6 7M12 13l6-6M6 11V7h4M18 11V7h-4',
  judgement: 'M12 4a3.6 3.6 0 1 0 0 7.2A3.6 3.6 0 0 0 12 4M5 20c.6-4 3.3-6 7-6s6.4 2 7 6',
  action: 'M13 3 5.5 13.5H12L11 21l7.5-10.5H12z',
  verified: 'm5 12.5 4.5 4.5L19 7',
  ledger: 'M12 3.5v4M12 7.5 7 12v3M12 7.5 17 12v3M4.5 15h5v5h-5zM14.5 15h5v5h-5z',
};

const words: { readonly [name in Station['name']]: string } = {
  event: 'Event',
  setting: 'Setting',
  finding: 'Finding',
  decision: 'Decision',
  judgement: 'Judgement',
  action: 'Action',
  verified: 'Verified',
  ledger: 'Ledger',
};

const radius = 21;

/** The way of one finding from its event to its leaf in the ledger, with the times and how long each part took. */
export function Way({ stations }: { readonly stations: readonly Station[] }) {
  const wide = useWide();
  const shown = stations.filter((station) => station.state !== 'skipped');
  const said = shown.map(
    (station) =>
      `${words[station.name]}${station.at === null ? '' : ` at ${clock(station.at)}`}${station.says === '' ? '' : `, ${station.says}`}`,
  );
  const step = wide ? Math.min(200, 1040 / shown.length) : 74;
  const size = wide ? { width: shown.length * step, height: 132 } : { width: 340, height: shown.length * step };
  const place = (index: number) => (wide ? { x: step / 2 + index * step, y: 44 } : { x: 30, y: 32 + index * step });
  return (
    <figure className={wide ? 'way' : 'way way-tall'}>
      <svg
        viewBox={`0 0 ${size.width} ${size.height}`}
        role="img"
        aria-label={`The way of this finding: ${said.join('; ')}`}
        style={wide ? { maxWidth: size.width } : { maxWidth: 340 }}
      >
        {shown.slice(1).map((station, index) => (
          <Segment
            key={station.name}
            from={place(index)}
            to={place(index + 1)}
            wide={wide}
            state={station.state}
            took={took(shown, index + 1)}
          />
        ))}
        {shown.map((station, index) => (
          <Stop key={station.name} station={station} {...place(index)} wide={wide} />
        ))}
      </svg>
    </figure>
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function Segment({
  from,
  to,
  wide,
  state,
  took,
}: {
  readonly from: Point;
  readonly to: Point;
  readonly wide: boolean;
  readonly state: Station['state'];
  readonly took: string | null;
}) {
  const gap = radius + 5;
  const line = wide
    ? { x1: from.x + gap, y1: from.y, x2: to.x - gap, y2: to.y }
    : { x1: from.x, y1: from.y + gap, x2: to.x, y2: to.y - gap };
  return (
    <g className={`segment segment-${state}`}>
      <line {...line} />
      {took === null ? null : wide ? (
        <text x={(from.x + to.x) / 2} y={from.y - 9} textAnchor="middle" className="took">
          {took}
        </text>
      ) : (
        <text x={from.x + 36} y={(from.y + to.y) / 2 + 12} className="took">
          {`+ ${took}`}
        </text>
      )}
    </g>
  );
}

function Stop({ station, x, y, wide }: { readonly station: Station; readonly wide: boolean } & Point) {
  const text = wide ? { x, y: y + radius + 22, anchor: 'middle' as const } : { x: x + 36, y: y - 4, anchor: 'start' as const };
  return (
    <g className={`stop stop-${station.state}`}>
      {station.state === 'now' ? <circle cx={x} cy={y} r={radius} className="pulse" /> : null}
      <circle cx={x} cy={y} r={radius} className="disc" />
      <path d={icons[station.name]} transform={`translate(${x - 11} ${y - 11}) scale(0.92)`} className="icon" />
      <text x={text.x} y={text.y} textAnchor={text.anchor} className="name">
        {words[station.name]}
        {!wide && station.at !== null ? <tspan className="at">{`  ${clock(station.at)}`}</tspan> : null}
      </text>
      <text x={text.x} y={text.y + 18} textAnchor={text.anchor} className="says">
        {station.says === '' ? (station.state === 'ahead' ? 'ahead' : '') : cut(station.says)}
      </text>
      {wide && station.at !== null ? (
        <text x={text.x} y={text.y + 36} textAnchor="middle" className="at">
          {clock(station.at)}
        </text>
      ) : null}
    </g>
  );
}

/** How long it took from the station before; nothing where a time is missing or stamps of one second go backwards. */
function took(stations: readonly Station[], index: number): string | null {
  const at = stations[index]?.at ?? null;
  const before = stations[index - 1]?.at ?? null;
  return at === null || before === null || at < before || stations[index]?.name === 'ledger' ? null : length(at - before);
}

function cut(text: string): string {
  return text.length > 20 ? `${text.slice(0, 19)}…` : text;
}
