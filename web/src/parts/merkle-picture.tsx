/** One perfect subtree of the log: `2 ** level` leaves. */
interface Peak {
  readonly level: number;
}

const widest = 4;

/**
 * The log's shape as RFC 6962 builds it: the perfect subtrees of its size, largest first, under one root. Large
 * subtrees are drawn as a few of their levels with their count of leaves beneath.
 */
export function MerklePicture({ size }: { readonly size: number }) {
  const peaks = peaksOf(size);
  const drawn = peaks.map(({ level }) => ({ level, shown: Math.min(level, widest - 1) }));
  const widths = drawn.map(({ shown }) => Math.max(44, 2 ** shown * 16));
  const gap = 20;
  const width = widths.reduce((sum, each) => sum + each + gap, -gap);
  const height = 176;
  let x = 0;
  const places = drawn.map((peak, index) => {
    const center = x + (widths[index] ?? 0) / 2;
    x += (widths[index] ?? 0) + gap;
    return { ...peak, center, width: widths[index] ?? 0 };
  });
  const root = { x: width / 2, y: 14 };
  return (
    <svg
      className="merkle"
      viewBox={`-16 0 ${width + 32} ${height}`}
      style={{ maxWidth: width + 32 }}
      role="img"
      aria-label={`A tree of ${size} leaves: subtrees of ${peaks.map(({ level }) => 2 ** level).join(', ')} under one root`}
    >
      {places.map(({ level, shown, center, width: wide }) => {
        const top = 62;
        return (
          <g key={level}>
            <path d={`M${root.x} ${root.y} C ${root.x} 40, ${center} 34, ${center} ${top}`} className="edge" />
            <Subtree x={center} y={top} width={wide} level={shown} more={level > shown} />
            <text x={center} y={height - 6} textAnchor="middle">
              {2 ** level}
            </text>
          </g>
        );
      })}
      <circle cx={root.x} cy={root.y} r="8" className="root-node" />
    </svg>
  );
}

function Subtree({
  x,
  y,
  width,
  level,
  more,
}: {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly level: number;
  readonly more: boolean;
}) {
  const down = 26;
  return (
    <>
      {level === 0
        ? null
        : [-1, 1].map((side) => (
            <g key={side}>
              <path d={`M${x} ${y} L ${x + (side * width) / 4} ${y + down}`} className="edge" />
              <Subtree x={x + (side * width) / 4} y={y + down} width={width / 2} level={level - 1} more={more} />
            </g>
          ))}
      {level === 0 && more ? <path d={`M${x} ${y} l-6 16 h12z`} className="more" /> : null}
      <circle cx={x} cy={y} r={level === 0 && !more ? 3.5 : 4.5} className={level === 0 && !more ? 'leaf' : 'inner'} />
    </>
  );
}

function peaksOf(size: number): readonly Peak[] {
  const peaks: Peak[] = [];
  for (let level = Math.floor(Math.log2(Math.max(1, size))); level >= 0; level--) {
    if (Math.floor(size / 2 ** level) % 2 === 1) peaks.push({ level });
  }
  return peaks;
}
