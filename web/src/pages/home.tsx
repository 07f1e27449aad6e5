import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { type Overview, readOverview, type Status } from '../api/generated/client.ts';
import { announce } from '../lib/announce.tsx';
import { Link } from '../lib/router.tsx';
import { useListKeys } from '../lib/use-list-keys.ts';
import { Empty } from '../parts/empty.tsx';
import { JudgementCard } from '../parts/judgement-card.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Section } from '../parts/section.tsx';
import { TimelineByActor } from '../parts/timeline.tsx';

export function Home() {
  const query = useQuery({ queryKey: ['overview'], queryFn: readOverview });
  useNews(query.data);
  const list = useListKeys<HTMLDivElement>();
  const status = query.data?.status;
  return (
    <Page title="Home" heading={<Headline status={status} />} lead={status === undefined ? undefined : <Numbers status={status} />}>
      <Loaded query={query}>
        {({ judgement, timeline, status: { waiting, found } }) => (
          <div ref={list}>
            {judgement === null ? (
              <Empty title="Nothing waits for you.">
                {found === 0
                  ? 'Nothing has been found yet. When automation cannot decide alone, its question appears here.'
                  : 'Automation decided everything that it found. When it cannot, its question appears here.'}
              </Empty>
            ) : (
              <>
                <JudgementCard key={judgement.judgement.id + judgement.judgement.revision} view={judgement} />
                {waiting > 1 ? (
                  <p className="quiet after-card">
                    {waiting === 2 ? 'One more question waits behind this one.' : `${waiting - 1} more questions wait behind this one.`}
                  </p>
                ) : null}
              </>
            )}
            <Section
              title="What automation did last"
              aside={
                <span>
                  <Link to="/judgements">Answered questions</Link> · <Link to="/proposals">What follows</Link> ·{' '}
                  <Link to="/investigations">Look into something</Link> · <Link to="/scores">Scores</Link> ·{' '}
                  <Link to="/drills">Drills</Link> · <Link to="/actions">All actions</Link>
                </span>
              }
            >
              {timeline.length === 0 ? <p className="quiet">It has not had to do anything yet.</p> : <TimelineByActor actions={timeline} />}
            </Section>
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Headline({ status }: { readonly status: Status | undefined }) {
  if (status === undefined) return <>Home</>;
  if (status.automation === 'stopped') return <>Automation is stopped.</>;
  if (status.troubled > 0) return <>Automation is working, and needs a look.</>;
  return <>Automation is working.</>;
}

function Numbers({ status }: { readonly status: Status }) {
  const contained = status.containedAlone;
  return (
    <>
      {status.stop === null ? null : (
        <p>
          Stopped by {status.stop.by}
          {status.stop.reason === '' ? '' : `: ${status.stop.reason}`}. It still finds and decides, and acts on nothing.
        </p>
      )}
      <dl className="numbers">
        {status.incidents.paging > 0 ? (
          <Figure
            n={status.incidents.paging}
            says={status.incidents.paging === 1 ? 'incident pages' : 'incidents page'}
            to="/incidents"
            strong
          />
        ) : null}
        <Figure n={status.found} says={status.found === 1 ? 'finding' : 'findings'} to="/findings" />
        <Figure n={contained} says="contained by automation" to="/actions?state=verified" />
        <Figure n={status.waiting} says={status.waiting === 1 ? 'waits for you' : 'wait for you'} to="/" strong={status.waiting > 0} />
        {status.troubled > 0 ? (
          <Figure n={status.troubled} says={status.troubled === 1 ? 'action needs a look' : 'actions need a look'} to="/actions" strong />
        ) : null}
        {status.dryRuns > 0 ? <Figure n={status.dryRuns} says="as dry run" to="/actions?state=dry-run" /> : null}
      </dl>
    </>
  );
}

function Figure({
  n,
  says,
  to,
  strong = false,
}: {
  readonly n: number;
  readonly says: string;
  readonly to: string;
  readonly strong?: boolean;
}) {
  return (
    <div className={strong ? 'number number-strong' : 'number'}>
      <dt>{says}</dt>
      <dd>
        <Link to={to} aria-label={`${n} ${says}`}>
          {n}
        </Link>
      </dd>
    </div>
  );
}

/** Says aloud what has changed since the last answer. */
function useNews(overview: Overview | undefined): void {
  const before = useRef<Overview | undefined>(undefined);
  useEffect(() => {
    const old = before.current;
    before.current = overview;
    if (old === undefined || overview === undefined) return;
    const states = new Map(old.timeline.map((view) => [view.action.id, view.action.state]));
    const changed = overview.timeline.find((view) => states.get(view.action.id) !== view.action.state);
    if (changed !== undefined) announce(`${changed.title}: ${changed.action.state}.`);
    else if (overview.judgement !== null && overview.judgement.judgement.id !== old.judgement?.judgement.id)
      announce(`A question waits: ${overview.judgement.judgement.question}`);
    else if (overview.status.found > old.status.found) announce(`${overview.status.found} findings now.`);
  }, [overview]);
}
