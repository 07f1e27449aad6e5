import { useQuery } from '@tanstack/react-query';
import { type ActionDetail, readAction, type StepView } from '../api/generated/client.ts';
import { Link } from '../lib/router.tsx';
import { length } from '../lib/time.ts';
import { Arn } from '../parts/arn.tsx';
import { Compare } from '../parts/compare.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Section } from '../parts/section.tsx';
import { StateChip } from '../parts/state-chip.tsx';
import { UndoPanel } from '../parts/undo-panel.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

export function ActionPage({ id }: { readonly id: string }) {
  const query = useQuery({ queryKey: ['action', id], queryFn: () => readAction(id) });
  const detail = query.data;
  return (
    <Page
      title={detail?.title ?? 'Action'}
      heading={detail === undefined ? 'Action' : <Visible text={detail.title} />}
      lead={detail === undefined ? undefined : <Lead detail={detail} />}
    >
      <Loaded query={query}>
        {(loaded) => (
          <>
            <Section title="The plan, step by step">
              {loaded.unread === null ? null : (
                <p className="prose">
                  <Visible text={loaded.unread} />
                </p>
              )}
              {loaded.steps.length === 0 && loaded.unread === null ? (
                <p className="quiet">The plan is made when a worker takes the action.</p>
              ) : (
                <ol className="steps">
                  {loaded.steps.map((step) => (
                    <Step key={step.index} step={step} state={loaded.action.state} />
                  ))}
                </ol>
              )}
              {loaded.blastRadius === null ? null : (
                <p className="prose">
                  <b>What may stop working: </b>
                  <Visible text={loaded.blastRadius} />
                </p>
              )}
            </Section>
            <UndoPanel detail={loaded} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Lead({ detail: { action, alone, message, containedAfter } }: { readonly detail: ActionDetail }) {
  return (
    <>
      <p className="meta">
        <StateChip state={action.state} />
        <span>{alone ? 'by automation' : `by ${action.by}`}</span>
        <span className="quiet">
          planned <When at={action.plannedAt} />
        </span>
        {action.finishedAt === null ? null : (
          <span className="quiet">
            finished <When at={action.finishedAt} />
          </span>
        )}
      </p>
      <Arn uid={action.target.uid} />
      {containedAfter === null ? null : (
        <p className="big-time">
          <b className="tabular">{length(containedAfter)}</b> from the call to contained
        </p>
      )}
      {action.reason === '' ? null : (
        <p>
          <Visible text={action.reason} />
        </p>
      )}
      {message === null ? null : (
        <p>
          Answers the finding{' '}
          <Link to={`/findings/${action.finding}`}>
            <Visible text={message} />
          </Link>
        </p>
      )}
    </>
  );
}

function Step({ step, state }: { readonly step: StepView; readonly state: ActionDetail['action']['state'] }) {
  const { receipt } = step;
  return (
    <li className={receipt === null ? 'step' : receipt.verified ? 'step step-done' : 'step step-trouble'}>
      <h3>
        <Visible text={step.name} />
      </h3>
      <p>
        <code>
          <Visible text={step.action} />
        </code>
      </p>
      {step.on.length === 0 ? null : (
        <p className="on-what">
          {step.on.map((uid, index) => (
            <span key={uid}>
              {index === 0 ? 'on ' : ', '}
              <Visible text={uid} mono />
            </span>
          ))}
        </p>
      )}
      {receipt === null ? (
        <p className="quiet">
          {state === 'dry-run' ? 'A dry run: not done.' : state === 'planned' || state === 'running' ? 'Not done yet.' : 'Not done.'}
        </p>
      ) : receipt.alreadySo ? (
        <p>It was already so; nothing was called.</p>
      ) : (
        <Compare
          caption={`What step ${step.index + 1} changed`}
          columns={[
            { name: 'Before', value: receipt.before },
            { name: 'Left', value: receipt.left },
          ]}
        />
      )}
      {step.verifies === '' ? null : (
        <p className="small">
          {receipt === null ? 'Will be verified: ' : receipt.verified ? 'Verified: ' : 'Not verified: '}
          <Visible text={step.verifies} />
          {step.withinSeconds === null ? '' : ` (within ${step.withinSeconds} s)`}
        </p>
      )}
    </li>
  );
}
