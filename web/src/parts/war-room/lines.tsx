import type { ChronicleLine } from '../../api/generated/client.ts';
import { Visible } from '../visible.tsx';
import { When } from '../when.tsx';
import { NewestFirst } from './newest-first.tsx';
import { WayTo } from './way-to.tsx';

const shown = 40;

/** From the evidence to the last word, the newest first: what is going on now is above. */
export function Lines({ lines }: { readonly lines: readonly ChronicleLine[] }) {
  return (
    <NewestFirst
      items={lines}
      shown={shown}
      className="plain chronicle"
      row={(line, i) => (
        // Lines have no identity but their place.
        <li key={i} className={`chronicle-${line.who}`}>
          <When at={line.at} />
          <span className="chronicle-who">{line.who === 'person' ? <Visible text={line.by} /> : line.who}</span>
          <span>
            <WayTo path={line.path} text={line.what} />
          </span>
        </li>
      )}
    />
  );
}
