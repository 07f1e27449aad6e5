import { useQuery } from '@tanstack/react-query';
import { type DecisionView, type FindingDetail, readFinding } from '../api/generated/client.ts';
import { Link } from '../lib/router.tsx';
import { splitMessage } from '../lib/split-message.ts';
import { AboutRows } from '../parts/about-rows.tsx';
import { Arn } from '../parts/arn.tsx';
import { Comparison, isCompared } from '../parts/comparison.tsx';
import { EvidenceTable } from '../parts/evidence-table.tsx';
import { JudgementCard } from '../parts/judgement-card.tsx';
import { LifeButtons } from '../parts/life-buttons.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Pair } from '../parts/pair.tsx';
import { PossibleActions } from '../parts/possible-actions.tsx';
import { ReadSetting } from '../parts/read-setting.tsx';
import { Section } from '../parts/section.tsx';
import { SeverityMark } from '../parts/severity-mark.tsx';
import { Source } from '../parts/source.tsx';
import { StateChip } from '../parts/state-chip.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { ToldBy } from '../parts/told-by.tsx';
import { Visible } from '../parts/visible.tsx';
import { Way } from '../parts/way.tsx';
import { When } from '../parts/when.tsx';

export function FindingPage({ id }: { readonly id: string }) {
  const query = useQuery({ queryKey: ['finding', id], queryFn: () => readFinding(id) });
  const finding = query.data?.finding;
  return (
    <Page
      title={finding?.rule.title ?? 'Finding'}
      long={finding !== undefined}
      heading={finding === undefined ? 'Finding' : <Visible text={splitMessage(finding.message, finding.rule.title).what} />}
      lead={query.data === undefined ? undefined : <Lead detail={query.data} />}
    >
      <Loaded query={query}>{(detail) => <Detail detail={detail} />}</Loaded>
    </Page>
  );
}

function Lead({ detail: { finding, state, incident } }: { readonly detail: FindingDetail }) {
  const { rest } = splitMessage(finding.message, finding.rule.title);
  return (
    <>
      {rest === '' ? null : (
        <p className="prose">
          <Visible text={rest} />
        </p>
      )}
      <p className="meta">
        <SeverityMark severity={finding.severity} />
        <StateChip state={state} />
        {finding.rule.techniques.map((technique) => (
          <span key={technique} className="tag" title="MITRE ATT&CK technique">
            <Visible text={technique} />
          </span>
        ))}
        <span className="quiet">
          <Visible text={finding.rule.tactics.join(', ').replaceAll('-', ' ')} />
        </span>
      </p>
      {incident === null ? null : (
        <p>
          Part of the incident{' '}
          <Link to={`/incidents/${incident.id}`}>
            <Visible text={incident.title} />
          </Link>
          .
        </p>
      )}
      <LifeButtons id={finding.id} state={state} />
    </>
  );
}

function Detail({ detail }: { readonly detail: FindingDetail }) {
  const { finding, life, decisions, actions, judgement, possible, alsoDone, about, way } = detail;
  const asks = judgement?.judgement.state === 'waiting';
  const decision = decisions.at(-1);
  return (
    <>
      <Way stations={way} />

      {judgement !== null && asks ? <JudgementCard view={judgement} ofFinding /> : null}

      <Section title="What was decided">
        {decision === undefined ? (
          <p className="quiet">Nothing yet: a worker takes the oldest finding first.</p>
        ) : (
          <Decided view={decision} />
        )}
        {judgement !== null && !asks ? (
          <p>
            A person was asked: “<Visible text={judgement.judgement.question} />” <StateChip state={judgement.judgement.state} />
            {judgement.judgement.answeredBy.length === 0 ? '' : ` by ${judgement.judgement.answeredBy.join(', ')}`}
          </p>
        ) : null}
      </Section>

      {possible.length === 0 ? null : (
        <Section title="What you could do">
          <PossibleActions finding={finding.id} revision={finding.revision} actions={possible} />
        </Section>
      )}

      {actions.length === 0 ? null : (
        <Section title="What was done">
          <Timeline actions={actions} ofFinding />
        </Section>
      )}

      {finding.imported === undefined ? null : <Source imported={finding.imported} />}

      <ToldBy detail={detail} />

      {finding.kind === 'compliance' && finding.imported === undefined ? (
        <Section title="What was read">
          <ReadSetting finding={finding} />
        </Section>
      ) : asks ? null : (
        <Section title="Evidence" aside={<span className="quiet small">{countOf(finding)}</span>}>
          <EvidenceTable evidence={finding.evidence} />
        </Section>
      )}

      {isCompared(finding) ? (
        <Section title="How it was judged">
          <Comparison finding={finding} />
        </Section>
      ) : null}

      <div className="columns">
        {finding.kind === 'compliance' ? null : (
          <Section title="Who">
            {finding.actor === undefined ? (
              <p className="quiet">The evidence names nobody.</p>
            ) : (
              <dl className="pairs">
                <Pair name="Name" value={finding.actor.name} />
                <Pair name="Type" value={finding.actor.type} />
                <Pair name="ARN" value={finding.actor.uid} mono />
                <Pair name="Access key" value={finding.actor.accessKeyId} mono />
                <Pair name="Role" value={finding.actor.issuer} mono />
              </dl>
            )}
          </Section>
        )}
        <Section title="On what">
          {finding.resources.length === 0 ? (
            <p className="quiet">The evidence names no resource.</p>
          ) : (
            <ul className="plain">
              {finding.resources.map((resource) => (
                <li key={resource.uid}>
                  <Arn uid={resource.uid} name={resource.name} />
                  <small className="quiet">
                    <Visible text={[resource.type, resource.region].filter((part) => part !== '').join(' · ')} />
                  </small>
                </li>
              ))}
            </ul>
          )}
        </Section>
      </div>

      {about.length === 0 ? null : (
        <Section title="What it is about">
          <AboutRows rows={about} />
        </Section>
      )}

      {alsoDone.length === 0 ? null : (
        <Section title={`What else ${finding.actor?.name ?? 'it'} did`}>
          <ul className="plain also">
            {alsoDone.map(({ finding: other, state }) => (
              <li key={other.id}>
                <When at={other.lastTime} />
                <SeverityMark severity={other.severity} />
                <Link to={`/findings/${other.id}`}>
                  <Visible text={splitMessage(other.message, other.rule.title).what} />
                </Link>
                <StateChip state={state} />
              </li>
            ))}
          </ul>
        </Section>
      )}

      <Section title="Why it matters">
        <p className="prose">
          <Visible text={finding.rule.description} />
        </p>
        <p className="small quiet">
          Rule <Visible text={finding.rule.id} mono />
        </p>
      </Section>

      <Section title="Its life">
        <ol className="life">
          {life.map((event) => (
            <li key={`${event.event} ${event.at} ${event.revision}`}>
              <When at={event.at} />
              <span>
                <b>{event.event}</b> by <Visible text={event.by} />
                {event.note === '' ? null : (
                  <>
                    {': '}
                    <Visible text={event.note} />
                  </>
                )}
                <small className="mono quiet"> {event.revision.slice(0, 8)}</small>
              </span>
            </li>
          ))}
        </ol>
      </Section>
    </>
  );
}

const verdicts = {
  act: 'Automation acted alone.',
  ask: 'Automation asked a person.',
  watch: 'Automation watches: it recorded it, and wakes nobody.',
  close: 'Automation closed it.',
} as const;

function Decided({ view: { decision, at, engine } }: { readonly view: DecisionView }) {
  return (
    <div className="decided">
      <p className="verdict">{verdicts[decision.verdict]}</p>
      <p className="prose">
        <Visible text={decision.reason} />
      </p>
      <p className="small quiet">
        Risk <b className="tabular">{decision.risk}</b> of 1000 · <When at={at} /> · engine{' '}
        <code title={engine}>{engine.slice(0, 12)}</code>, which replays it byte for byte
      </p>
    </div>
  );
}

function countOf({ count }: FindingDetail['finding']): string {
  if (count.n === 0) return '';
  return `${count.atLeast ? 'at least ' : ''}${count.n} ${count.n === 1 ? 'match' : 'matches'}`;
}
