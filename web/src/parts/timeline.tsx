import type { ActionView } from '../api/generated/client.ts';
import { Link } from '../lib/router.tsx';
import { length } from '../lib/time.ts';
import { Arn } from './arn.tsx';
import { SeverityMark } from './severity-mark.tsx';
import { StateChip } from './state-chip.tsx';
import { Visible } from './visible.tsx';
import { When } from './when.tsx';

/** Actions as a list down the page, each with the time from its event to contained. */
export function Timeline({ actions, ofFinding = false }: { readonly actions: readonly ActionView[]; readonly ofFinding?: boolean }) {
  return (
    <ol className="timeline">
      {actions.map((view) => (
        <li key={view.action.id} className={`moment moment-${view.action.state}`}>
          <div className="moment-when">
            <When at={view.action.finishedAt ?? view.action.plannedAt} />
          </div>
          <div className="moment-what">
            <p className="moment-title">
              <Link to={`/actions/${view.action.id}`} data-row>
                <Visible text={view.title} />
              </Link>
              <StateChip state={view.action.state} />
            </p>
            <Arn uid={view.action.target.uid} />
            <p className="small quiet">
              {view.alone ? 'by automation' : `approved by ${view.action.by}`}
              {view.message === null || ofFinding ? null : (
                <>
                  {' · '}
                  <Link to={`/findings/${view.action.finding}`}>
                    <Visible text={view.message} />
                  </Link>
                </>
              )}
            </p>
          </div>
          <div className="moment-took">
            {view.containedAfter === null ? (
              view.severity === null ? null : (
                <SeverityMark severity={view.severity} />
              )
            ) : (
              <>
                <b className="tabular">{length(view.containedAfter)}</b>
                <small>event to contained</small>
              </>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}
