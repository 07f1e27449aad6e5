import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { answerJudgement, type JudgementView } from '../api/generated/client.ts';
import { announce } from '../lib/announce.tsx';
import { Link } from '../lib/router.tsx';
import { ActionOption } from './action-option.tsx';
import { EvidenceTable } from './evidence-table.tsx';
import { SeverityMark } from './severity-mark.tsx';
import { Visible } from './visible.tsx';
import { When } from './when.tsx';

type Verdict = 'approve' | 'deny';

/**
 * One question for the engineer. The recommendation comes last, after the evidence, what may break and how it is taken
 * back, so that it is read as an opinion and not as the answer.
 */
export function JudgementCard({ view, ofFinding = false }: { readonly view: JudgementView; readonly ofFinding?: boolean }) {
  const { judgement, finding } = view;
  // Nothing stands against automation where it asks whether to take back what it did: that has no option, and an approval does something.
  const nothingToDo = judgement.options.length === 0 && judgement.guardrails.length > 0;
  const [chosen, setChosen] = useState<Verdict | null>(null);
  const client = useQueryClient();
  const answer = useMutation({
    mutationFn: (verdict: Verdict) => answerJudgement(judgement.id, { verdict, revision: judgement.revision }),
    onSuccess: (_, verdict) => {
      announce(
        nothingToDo ? 'Recorded.' : verdict === 'approve' ? 'Approved. Automation carries it out now.' : 'Denied. Nothing will be done.',
      );
      setChosen(null);
    },
    onSettled: () => client.invalidateQueries(),
  });
  const choose = (verdict: Verdict) => {
    if (judgement.state === 'waiting' && !answer.isPending && !(nothingToDo && verdict === 'deny')) setChosen(verdict);
  };
  const titleId = `judgement-${judgement.id}`;
  return (
    <article
      className="judgement"
      aria-labelledby={titleId}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the focus so that the keys a and d mean this question
      tabIndex={0}
      data-judgement
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === 'a') choose('approve');
        else if (event.key === 'd') choose('deny');
        else if (event.key === 'Escape') setChosen(null);
        else return;
        event.preventDefault();
      }}
    >
      <header>
        <p className="eyebrow">
          Your judgement
          {judgement.state === 'waiting' ? (
            <span>
              {' · asked '}
              <When at={judgement.askedAt} />
            </span>
          ) : null}
        </p>
        <h2 id={titleId}>
          <Visible text={judgement.question} />
        </h2>
        {finding === null || ofFinding ? null : (
          <p className="meta">
            <SeverityMark severity={finding.severity} />
            <Link to={`/findings/${finding.id}`}>
              <Visible text={finding.rule.title} />
            </Link>
          </p>
        )}
      </header>

      {finding === null || finding.evidence.length === 0 ? (
        finding === null ? null : (
          <div className="facts">
            <h3>Evidence</h3>
            <p>
              <Visible text={finding.message} />
            </p>
          </div>
        )
      ) : (
        <div>
          <h3>Evidence</h3>
          <EvidenceTable evidence={finding.evidence} {...(ofFinding ? {} : { most: 4 })} />
        </div>
      )}

      {judgement.options.map((option, index) => (
        <ActionOption key={`${option.playbook} ${option.target.uid}`} option={option} title={view.titles[index] ?? option.playbook} />
      ))}

      {view.guardrails.length === 0 ? null : (
        <div>
          <h3>Why automation does not decide this alone</h3>
          <ul className="plain">
            {view.guardrails.map((guardrail) => (
              <li key={guardrail.code}>{guardrail.words}</li>
            ))}
          </ul>
        </div>
      )}

      <div className="recommendation">
        <h3>{nothingToDo ? 'Automation has nothing to offer' : `It recommends: ${judgement.recommendation}`}</h3>
        <p>
          <Visible text={judgement.because} />
        </p>
      </div>

      {judgement.state === 'waiting' ? (
        <footer>
          {chosen === null ? (
            <div className="buttons">
              <button
                type="button"
                className={judgement.recommendation === 'approve' || nothingToDo ? 'button button-main' : 'button'}
                onClick={() => choose('approve')}
              >
                {nothingToDo ? 'I have looked' : 'Approve'} <kbd>a</kbd>
              </button>
              {nothingToDo ? null : (
                <button
                  type="button"
                  className={judgement.recommendation === 'deny' ? 'button button-main' : 'button'}
                  onClick={() => choose('deny')}
                >
                  Deny <kbd>d</kbd>
                </button>
              )}
              <span className="quiet small">
                {judgement.approvalsNeeded > 1
                  ? `${judgement.approvalsNeeded} persons must approve; ${judgement.answeredBy.length} have.`
                  : 'You will be asked once more.'}
              </span>
            </div>
          ) : (
            <Confirm
              verdict={chosen}
              titles={view.titles}
              nothingToDo={nothingToDo}
              pending={answer.isPending}
              onYes={() => answer.mutate(chosen)}
              onNo={() => setChosen(null)}
            />
          )}
          {answer.error === null ? null : (
            <p className="error" role="alert">
              {answer.error.message}
            </p>
          )}
        </footer>
      ) : (
        <footer>
          <p>
            {judgement.state}
            {judgement.answeredBy.length === 0 ? '' : ` by ${judgement.answeredBy.join(', ')}`}
            {judgement.answeredAt === null ? null : (
              <>
                {' at '}
                <When at={judgement.answeredAt} />
              </>
            )}
          </p>
        </footer>
      )}
    </article>
  );
}

function Confirm({
  verdict,
  titles,
  nothingToDo,
  pending,
  onYes,
  onNo,
}: {
  readonly verdict: Verdict;
  readonly titles: readonly string[];
  readonly nothingToDo: boolean;
  readonly pending: boolean;
  readonly onYes: () => void;
  readonly onNo: () => void;
}) {
  const yes = useRef<HTMLButtonElement>(null);
  useEffect(() => yes.current?.focus(), []);
  return (
    <div className="buttons confirm">
      <p>
        {verdict === 'approve' ? (
          <>
            <strong>{nothingToDo ? 'You have looked?' : 'Approve?'}</strong>{' '}
            {nothingToDo
              ? 'It is recorded, and the question is closed.'
              : titles.length === 0
                ? 'The undo is asked for at once.'
                : titles.length === 1
                  ? `“${titles[0]}” starts at once.`
                  : `${titles.length} playbooks start at once.`}
          </>
        ) : (
          <>
            <strong>Deny?</strong> Nothing is done, and the question is closed.
          </>
        )}
      </p>
      <button ref={yes} type="button" className="button button-main" disabled={pending} onClick={onYes}>
        {verdict === 'approve' ? (nothingToDo ? 'Yes, I have' : 'Yes, approve') : 'Yes, deny'}
      </button>
      <button type="button" className="button" disabled={pending} onClick={onNo}>
        Back <kbd>Esc</kbd>
      </button>
    </div>
  );
}
