import { useQuery } from '@tanstack/react-query';
import { type JudgementView, listJudgements } from '../api/generated/client.ts';
import { Link } from '../lib/router.tsx';
import { length } from '../lib/time.ts';
import { useListKeys } from '../lib/use-list-keys.ts';
import { Empty } from '../parts/empty.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { SeverityMark } from '../parts/severity-mark.tsx';
import { StateChip } from '../parts/state-chip.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

export function Judgements() {
  const query = useQuery({ queryKey: ['judgements', 'answered'], queryFn: () => listJudgements({ state: 'answered', limit: 200 }) });
  const list = useListKeys<HTMLTableSectionElement>();
  return (
    <Page title="Answered questions" lead={<p>What was asked of people and what they said, the latest answer first.</p>}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="Nothing has been answered yet.">The questions that people have answered will be here, with who said what.</Empty>
          ) : (
            <table className="list stacks rows rows-judgements">
              <caption className="unseen">Answered questions, the latest answer first</caption>
              <thead>
                <tr>
                  <th scope="col">Severity</th>
                  <th scope="col">Question</th>
                  <th scope="col">Answer</th>
                  <th scope="col">Answered</th>
                </tr>
              </thead>
              <tbody ref={list}>
                {items.map((view) => (
                  <Row key={view.judgement.id} view={view} />
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
    </Page>
  );
}

function Row({ view: { judgement, finding, advice } }: { readonly view: JudgementView }) {
  const { answeredAt, answeredBy, askedAt, state } = judgement;
  const advised = advice?.answer === 'approve' ? 'approved' : 'denied';
  const against = (state === 'approved' || state === 'denied') && state !== advised && judgement.options.length > 0;
  return (
    <tr className="row-link">
      <td data-label="Severity">{finding === null ? null : <SeverityMark severity={finding.severity} />}</td>
      <td data-label="Question">
        <Link to={`/findings/${judgement.finding}`} data-row className="cover">
          <Visible text={judgement.question} />
        </Link>
        {finding === null ? null : (
          <small>
            <Visible text={finding.rule.title} />
          </small>
        )}
      </td>
      <td data-label="Answer">
        <StateChip state={state} />
        <small>
          {answeredBy.length === 0 ? '' : `by ${answeredBy.join(', ')}`}
          {against ? ', against the advice' : ''}
        </small>
      </td>
      <td data-label="Answered">
        {answeredAt === null ? <span className="quiet">never</span> : <When at={answeredAt} />}
        {answeredAt === null ? null : <small>after {length(answeredAt - askedAt)}</small>}
      </td>
    </tr>
  );
}
