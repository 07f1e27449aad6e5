import { useState } from 'react';
import type { ChronicleLine } from '../../api/generated/client.ts';
import { Link } from '../../lib/router.tsx';
import { Visible } from '../visible.tsx';
import { When } from '../when.tsx';

const shown = 40;

/** From the evidence to the last word, the newest first: what is going on now is above. */
export function Lines({ lines }: { readonly lines: readonly ChronicleLine[] }) {
  const [all, setAll] = useState(false);
  const newest = lines.toReversed();
  return (
    <>
      <ol className="plain chronicle">
        {(all ? newest : newest.slice(0, shown)).map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
          <li key={i} className={`chronicle-${line.who}`}>
            <When at={line.at} />
            <span className="chronicle-who">{line.who === 'person' ? <Visible text={line.by} /> : line.who}</span>
            <span>
              {line.path === null ? (
                <Visible text={line.what} />
              ) : (
                <Link to={line.path}>
                  <Visible text={line.what} />
                </Link>
              )}
            </span>
          </li>
        ))}
      </ol>
      {all || lines.length <= shown ? null : (
        <button type="button" className="button button-small" onClick={() => setAll(true)}>
          All {lines.length}
        </button>
      )}
    </>
  );
}
