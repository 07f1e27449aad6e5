import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import {
  type CaseView,
  listCases,
  type Nature,
  type PersonScore,
  readAudit,
  readScores,
  reviewCase,
  type Score,
  shareScores,
} from '../api/generated/client.ts';
import { announce } from '../lib/announce.tsx';
import { Link } from '../lib/router.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Section } from '../parts/section.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

/** How well cases were judged, and those that wait for somebody else to say how they turned out. */
export function ScoresPage() {
  const scores = useQuery({ queryKey: ['scores'], queryFn: readScores });
  const audit = useQuery({ queryKey: ['scores', 'audit'], queryFn: readAudit });
  const cases = useQuery({ queryKey: ['cases'], queryFn: () => listCases({ state: 'unresolved', limit: 100 }) });
  return (
    <Page
      title="How well it was judged"
      lead={<p>Opinions against how the cases turned out. Brier's score is 0 for who is always right and sure, and 0.25 for a coin.</p>}
    >
      <Loaded query={scores}>
        {({ own, others, recommendation }) => (
          <>
            <Section title="You" aside={<Share own={own} />}>
              <Person one={own} />
            </Section>
            <Section title="The recommendation">
              <Figures score={recommendation} />
            </Section>
            {others.map((one) => (
              <Section key={one.person} title={one.person}>
                <Person one={one} />
              </Section>
            ))}
          </>
        )}
      </Loaded>
      <Section title="What automation closed">
        <Loaded query={audit}>
          {({ closed, judged, wrong, atMost, strata }) =>
            closed === 0 ? (
              <p className="quiet">No sample of it has been drawn yet.</p>
            ) : (
              <>
                <p>
                  Of {judged} that were judged blind, <strong>{wrong}</strong> {wrong === 1 ? 'was' : 'were'} closed wrongly. Of all{' '}
                  {closed}, at most <strong>{percent(atMost)}</strong> are (95 %).
                </p>
                <ul className="plain small">
                  {strata.map((one) => (
                    <li key={one.stratum}>
                      {one.stratum}: {one.closed} closed, {one.judged} judged, {one.wrong} wrong, at most {percent(one.atMost)}
                    </li>
                  ))}
                </ul>
              </>
            )
          }
        </Loaded>
      </Section>
      <Section title="How did these turn out?">
        <Loaded query={cases}>
          {({ items }) => {
            const mine = items.filter(({ own }) => !own);
            return mine.length === 0 ? (
              <p className="quiet">
                {items.length === 0
                  ? 'Of every case it is known.'
                  : 'Nothing here is for you: who judged a case does not say how it turned out.'}
              </p>
            ) : (
              <ul className="plain cases">
                {mine.map((one) => (
                  <Unresolved key={one.id} one={one} />
                ))}
              </ul>
            );
          }}
        </Loaded>
      </Section>
    </Page>
  );
}

function Share({ own }: { readonly own: PersonScore }) {
  const client = useQueryClient();
  const share = useMutation({
    mutationFn: (shared: boolean) => shareScores({ shared }),
    onSuccess: (_, shared) => announce(shared ? 'Your scores are shared.' : 'Your scores are private.'),
    onSettled: () => client.invalidateQueries({ queryKey: ['scores'] }),
  });
  return (
    <button type="button" className="button button-small" disabled={share.isPending} onClick={() => share.mutate(!own.shared)}>
      {own.shared ? 'Shared with others. Make private' : 'Only you see this. Share'}
    </button>
  );
}

function Person({ one }: { readonly one: PersonScore }) {
  const { score, open, afterAdvice, against, drills, repeats, months } = one;
  return (
    <>
      <Figures score={score} />
      <p className="small quiet">
        {open === 1 ? 'Of one opinion' : `Of ${open} opinions`} it is not known yet.{' '}
        {afterAdvice === 0 ? '' : `${afterAdvice} given with the recommendation in sight ${afterAdvice === 1 ? 'is' : 'are'} not scored. `}
        {against.person + against.recommendation === 0
          ? ''
          : `Where the recommendation said otherwise, ${against.person} of ${against.person + against.recommendation} times it was wrong.`}
      </p>
      {drills.n === 0 && repeats.n === 0 ? null : (
        <p className="small">
          {drills.n === 0 ? '' : `Drills: ${brier(drills.n, drills.squares)} over ${drills.n}, ${drills.right} right. `}
          {repeats.n === 0
            ? ''
            : `Of ${repeats.n} cases that came again, ${repeats.same} were judged the same, ${Math.round(repeats.apart / repeats.n)} % apart on average.`}
        </p>
      )}
      {months.length < 2 ? null : (
        <p className="small">
          {months.map(({ month, n, squares }) => (
            <span key={month} className="nowrap">
              {month}: {brier(n, squares)} of {n}
              {' · '}
            </span>
          ))}
        </p>
      )}
    </>
  );
}

function Figures({ score }: { readonly score: Score }) {
  if (score.n === 0) return <p className="quiet">Nothing is known yet.</p>;
  return (
    <>
      <p>
        <strong>{brier(score.n, score.squares)}</strong> Brier, over {score.n} {score.n === 1 ? 'case' : 'cases'}; {score.right} of them
        right.
      </p>
      <table className="list stacks">
        <caption className="unseen">By how sure it was said</caption>
        <thead>
          <tr>
            <th scope="col">Said</th>
            <th scope="col">Cases</th>
            <th scope="col">On average</th>
            <th scope="col">Was right</th>
            <th scope="col">95 % bounds</th>
          </tr>
        </thead>
        <tbody>
          {score.bins.map(({ from, to, n, sure, right, low, high }) => (
            <tr key={from}>
              <td data-label="Said">
                {from}–{to} %
              </td>
              <td data-label="Cases" className="tabular">
                {n}
              </td>
              <td data-label="On average" className="tabular">
                {Math.round(sure / n)} %
              </td>
              <td data-label="Was right" className="tabular">
                {percent((right * 10_000) / n)}
              </td>
              <td data-label="95 % bounds" className="tabular">
                {percent(low)} to {percent(high)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

const percent = (share: number) => `${(share / 100).toFixed(1)} %`;

function brier(n: number, squares: number): string {
  return n === 0 ? '–' : (squares / (10_000 * n)).toFixed(3);
}

function Unresolved({ one }: { readonly one: CaseView }) {
  const client = useQueryClient();
  const review = useMutation({
    mutationFn: (nature: Nature) => reviewCase(one.id, { nature }),
    onSuccess: () => announce('Recorded.'),
    onSettled: () => client.invalidateQueries(),
  });
  return (
    <li>
      <p>
        <Link to={one.finding === '' ? `/investigations/${one.id}` : `/findings/${one.finding}`}>
          <Visible text={one.question} />
        </Link>{' '}
        <span className="quiet small">
          {one.answer} <When at={one.answeredAt} />, in {one.account}
        </span>
      </p>
      <div className="buttons">
        <button type="button" className="button button-small" disabled={review.isPending} onClick={() => review.mutate('true-positive')}>
          It was an attack
        </button>
        <button type="button" className="button button-small" disabled={review.isPending} onClick={() => review.mutate('benign')}>
          It was benign
        </button>
      </div>
      <Trouble error={review.error} />
    </li>
  );
}
