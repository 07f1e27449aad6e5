import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  assignPlaybook,
  draftRules,
  listCandidates,
  listProposals,
  type ProposalView,
  readHoles,
  reviewProposal,
  revokeProposal,
  writeRules,
} from '../api/generated/client.ts';
import { announce } from '../lib/announce.tsx';
import { Link } from '../lib/router.tsx';
import { Empty } from '../parts/empty.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Section } from '../parts/section.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

/** What judgements would change, for a second person to adopt or reject; and what holds. */
export function ProposalsPage() {
  const proposals = useQuery({ queryKey: ['proposals'], queryFn: () => listProposals({ state: 'all', limit: 100 }) });
  const holes = useQuery({ queryKey: ['tolerance'], queryFn: readHoles });
  return (
    <Page
      title="What follows from judgements"
      lead={<p>An answer changes nothing for the next time. What it proposes is reviewed by another person, after the shift.</p>}
    >
      <Loaded query={proposals}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="Nothing is proposed.">
              When a question was answered, what would keep it from being asked again is proposed here.
            </Empty>
          ) : (
            <ul className="plain cases">
              {items.map((one) => (
                <Proposal key={one.id} one={one} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <Section title="What holds">
        <Loaded query={holes}>
          {({ exemptions, grants, assignments }) =>
            exemptions.length + grants.length + assignments.length === 0 ? (
              <p className="quiet">Nothing is exempted, and automation was let do nothing more.</p>
            ) : (
              <ul className="plain">
                {exemptions.map((hole) => (
                  <li key={JSON.stringify(hole)}>
                    <Visible text={hole.rule} /> in {hole.account ?? 'all accounts'} is closed
                    {hole.actor === undefined ? '' : ' for '}
                    {hole.actor === undefined ? null : <Visible text={hole.actor} mono />}
                    <Until owner={hole.owner} expires={hole.expires} from={hole.proposal === null ? 'tolerance.yml' : 'a judgement'} />
                  </li>
                ))}
                {grants.map((grant) => (
                  <li key={JSON.stringify(grant)}>
                    <Visible text={grant.playbook} /> answers <Visible text={grant.rule} /> in {grant.account} alone
                    <Until owner={grant.owner} expires={grant.expires} from="a judgement" />
                  </li>
                ))}
                {assignments.map((assignment) => (
                  <li key={JSON.stringify(assignment)}>
                    <Visible text={assignment.playbook} /> is offered about <Visible text={assignment.rule} /> in {assignment.account}
                    <Until owner={assignment.owner} expires={assignment.expires} from="a judgement" />
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </Section>
    </Page>
  );
}

function Until({ owner, expires, from }: { readonly owner: string; readonly expires: number; readonly from: string }) {
  return (
    <small className="quiet">
      {' '}
      until <When at={expires} />, by <Visible text={owner} />, from {from}
    </small>
  );
}

const words: { readonly [state in ProposalView['state']]: string } = {
  new: 'not tried on history yet',
  testing: 'being tried on history',
  proposed: 'waits for a review',
  adopted: 'adopted',
  rejected: 'rejected',
  lapsed: 'lapsed, since nobody reviewed it',
  revoked: 'taken back',
};

function Proposal({ one }: { readonly one: ProposalView }) {
  const client = useQueryClient();
  const review = useMutation({
    mutationFn: (verdict: 'adopt' | 'reject' | 'revoke') =>
      verdict === 'revoke' ? revokeProposal(one.id, { note: '' }) : reviewProposal(one.id, { adopt: verdict === 'adopt', note: '' }),
    onSuccess: ({ state }) => announce(`It is ${state}.`),
    onSettled: () => client.invalidateQueries(),
  });
  const { backtest } = one;
  const mayReview = one.state === 'proposed' && !one.own;
  return (
    <li>
      <p>
        <Visible text={one.question} />{' '}
        <span className="quiet small">
          judged {one.nature === 'benign' ? 'benign' : 'an attack'} by {one.by.join(', ')} <When at={one.proposedAt} />; {words[one.state]}
        </span>
      </p>
      <ul className="plain">
        {one.says.map((text) => (
          <li key={text}>
            <strong>
              <Visible text={text} />
            </strong>
          </li>
        ))}
      </ul>
      {backtest === null || (backtest.closes === 0 && backtest.acts === 0 && backtest.offers === undefined) ? null : (
        <p className="small">
          Over {backtest.decisions} decisions of the last 90 days it would have closed {backtest.closes} more
          {backtest.attacks > 0 ? `, ${backtest.attacks} of them attacks` : ', none of them known as an attack'}, and answered{' '}
          {backtest.acts} alone.{' '}
          {backtest.offers === undefined
            ? ''
            : `The playbook would have been offered about ${backtest.offers} findings, ${backtest.asks ?? 0} of them asked about only for it. `}
          {backtest.findings.map((finding) => (
            <Link key={finding} to={`/findings/${finding}`} className="mono">
              {finding.slice(0, 8)}{' '}
            </Link>
          ))}
        </p>
      )}
      {backtest?.rules === undefined ? null : (
        <p className="small">
          {backtest.rules.days} days, {backtest.rules.events} events: {backtest.rules.before} findings of these rules, and{' '}
          {backtest.rules.after} as they would be; {backtest.rules.lost} not found any more
          {backtest.rules.attacks > 0 ? `, ${backtest.rules.attacks} of them attacks` : ', none of them known as an attack'};{' '}
          {backtest.rules.found} new.
        </p>
      )}
      {one.written === undefined ? null : (
        <pre className="small">
          {one.written.text.split('\n').map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no identity but their place
            <div key={index}>
              <Visible text={line} mono />
            </div>
          ))}
        </pre>
      )}
      {one.state === 'proposed' || one.state === 'new' ? <Write one={one} /> : null}
      {(one.state === 'proposed' || one.state === 'new') && one.nature === 'true-positive' ? <Assign one={one} /> : null}
      {mayReview || one.state === 'adopted' ? (
        <div className="buttons">
          {mayReview ? (
            <>
              <button type="button" className="button button-small" disabled={review.isPending} onClick={() => review.mutate('adopt')}>
                Adopt
              </button>
              <button type="button" className="button button-small" disabled={review.isPending} onClick={() => review.mutate('reject')}>
                Reject
              </button>
              <span className="quiet small">
                Adopting is possible from <When at={one.reviewFrom} /> on.
              </span>
            </>
          ) : (
            <button type="button" className="button button-small" disabled={review.isPending} onClick={() => review.mutate('revoke')}>
              Take back
            </button>
          )}
        </div>
      ) : one.state === 'proposed' ? (
        <p className="small quiet">You have judged it, so another person reviews it.</p>
      ) : null}
      <Trouble error={review.error} />
    </li>
  );
}

/** A playbook that is offered about the same from then on, of those that find something in it to work on. */
function Assign({ one }: { readonly one: ProposalView }) {
  const client = useQueryClient();
  const [picked, setPicked] = useState('');
  const candidates = useMutation({ mutationFn: () => listCandidates(one.id) });
  const assign = useMutation({
    mutationFn: () => assignPlaybook(one.id, { playbook: picked }),
    onSuccess: ({ assigned }) => {
      announce(`${assigned} is tried on history.`);
      candidates.reset();
    },
    onSettled: () => client.invalidateQueries(),
  });
  const items = candidates.data?.items;
  if (items === undefined)
    return (
      <p>
        <button type="button" className="button button-small" disabled={candidates.isPending} onClick={() => candidates.mutate()}>
          Offer a playbook for it
        </button>
        <Trouble error={candidates.error} />
      </p>
    );
  if (items.length === 0) return <p className="small quiet">No other playbook finds something in it to work on.</p>;
  const chosen = items.find(({ id }) => id === picked);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        assign.mutate();
      }}
    >
      <label className="field">
        Playbook
        <select value={picked} onChange={(event) => setPicked(event.target.value)} required>
          <option value="">Choose one</option>
          {items.map(({ id, title }) => (
            <option key={id} value={id}>
              {title} ({id})
            </option>
          ))}
        </select>
      </label>
      {chosen === undefined ? null : (
        <p className="small">
          <Visible text={`${chosen.asks}. ${chosen.blastRadius}`} />
        </p>
      )}
      <div className="buttons">
        <button type="submit" className="button button-small" disabled={assign.isPending}>
          Try it on history
        </button>
        <button type="button" className="button button-small" onClick={() => candidates.reset()}>
          Leave it
        </button>
        <span className="quiet small">It asks first, each time. Who assigns it does not review it.</span>
      </div>
      <Trouble error={assign.error} />
    </form>
  );
}

/** A rule or filter for it, from a text that can be made of the case. */
function Write({ one }: { readonly one: ProposalView }) {
  const client = useQueryClient();
  const [text, setText] = useState<string | null>(null);
  const draft = useMutation({
    mutationFn: () => draftRules(one.id),
    onSuccess: (got) => setText(got.text ?? ''),
  });
  const write = useMutation({
    mutationFn: () => writeRules(one.id, { text: text ?? '' }),
    onSuccess: ({ rules, filters }) => {
      announce(`${rules} rules and ${filters} filters are tried on history.`);
      setText(null);
    },
    onSettled: () => client.invalidateQueries(),
  });
  if (text === null)
    return (
      <p>
        <button type="button" className="button button-small" disabled={draft.isPending} onClick={() => draft.mutate()}>
          {one.written === undefined ? 'Write a rule for it' : 'Write it anew'}
        </button>
        <Trouble error={draft.error} />
      </p>
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        write.mutate();
      }}
    >
      <label className="field">
        Sigma rules or filters
        <textarea
          className="mono"
          rows={14}
          maxLength={50_000}
          value={text}
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
          required
        />
      </label>
      <div className="buttons">
        <button type="submit" className="button button-small" disabled={write.isPending}>
          Try it on history
        </button>
        <button type="button" className="button button-small" onClick={() => setText(null)}>
          Leave it
        </button>
        <span className="quiet small">Who writes it does not review it.</span>
      </div>
      <Trouble error={write.error} />
    </form>
  );
}
