import type { ActionView } from '../api/generated/client.ts';
import { Link } from '../lib/router.tsx';
import { length } from '../lib/time.ts';
import { Arn, shortName } from './arn.tsx';
import { SeverityMark } from './severity-mark.tsx';
import { StateChip } from './state-chip.tsx';
import { Visible } from './visible.tsx';
import { When } from './when.tsx';

/**
 * Actions by whose doing they answer, in the order in which each of them appears first: one attack is read as one, and not as a line
 * for each of its findings.
 */
export function TimelineByActor({ actions }: { readonly actions: readonly ActionView[] }) {
  const groups = Map.groupBy(actions, (view) => view.actor?.uid ?? '');
  return [...groups].map(([uid, views]) => {
    const actor = views[0]?.actor ?? null;
    return (
      <section key={uid} className="by-actor">
        {actor === null ? null : (
          <h3>
            What <Visible text={actor.name === '' ? shortName(actor.uid) : actor.name} /> did{' '}
            <small className="quiet">
              <Visible text={actor.type} /> · {views.length === 1 ? 'one action' : `${views.length} actions`} against it,{' '}
              {howManyHold(views)}
            </small>
          </h3>
        )}
        <Timeline actions={views} />
      </section>
    );
  });
}

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
              {view.alone ? 'by automation' : `by ${view.action.by}`}
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
                <small>from call to contained</small>
              </>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}

function howManyHold(views: readonly ActionView[]): string {
  const held = views.filter((view) => view.action.state === 'verified').length;
  if (held === views.length) return held === 1 ? 'verified' : 'all verified';
  return held === 0 ? 'none verified' : `${held} verified`;
}
