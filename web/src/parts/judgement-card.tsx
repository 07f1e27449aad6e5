import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { answerJudgement, giveOpinion, type JudgementView, type Nature, type Opinion } from '../api/generated/client.ts';
import { announce } from '../lib/announce.tsx';
import { Link } from '../lib/router.tsx';
import { AboutRows } from './about-rows.tsx';
import { ActionOption } from './action-option.tsx';
import { EvidenceTable } from './evidence-table.tsx';
import { SeverityMark } from './severity-mark.tsx';
import { Trouble } from './trouble.tsx';
import { Visible } from './visible.tsx';
import { When } from './when.tsx';

type Verdict = 'approve' | 'deny';

/**
 * One question for the engineer, in two steps: first what it is and how surely, then, with what is recommended in sight, what is done. While
 * an intruder is active there is one step, since what is recommended is shown at once.
 */
export function JudgementCard({ view, ofFinding = false }: { readonly view: JudgementView; readonly ofFinding?: boolean }) {
  const { judgement, finding, advice, opinion } = view;
  // Nothing stands against automation where it asks whether to take back what it did: that has no option, and an approval does something.
  const nothingToDo = judgement.options.length === 0 && judgement.guardrails.length > 0;
  const [taken, setTaken] = useState<Nature | null>(null);
  const [chosen, setChosen] = useState<Verdict | null>(null);
  const client = useQueryClient();
  const give = useMutation({
    mutationFn: (said: Opinion) => giveOpinion(judgement.id, { ...said, revision: judgement.revision }),
    onSuccess: (after) => {
      announce(after.advice === null ? 'Noted.' : `Noted. It recommends: ${after.advice.answer}.`);
      setTaken(null);
    },
    onSettled: () => client.invalidateQueries(),
  });
  const answer = useMutation({
    mutationFn: (verdict: Verdict) => answerJudgement(judgement.id, { verdict, revision: judgement.revision }),
    onSuccess: ({ exercise }, verdict) => {
      announce(
        exercise !== null
          ? exercise.says
          : nothingToDo
            ? 'Recorded.'
            : verdict === 'approve'
              ? 'Approved. Automation carries it out now.'
              : 'Denied. Nothing will be done.',
      );
      setChosen(null);
    },
    onSettled: () => client.invalidateQueries(),
  });
  const waits = judgement.state === 'waiting';
  const judging = waits && advice === null;
  const take = (nature: Nature) => {
    if (judging && !give.isPending) setTaken(nature);
  };
  const say = (confidence: number) => {
    if (judging && taken !== null && !give.isPending) give.mutate({ nature: taken, confidence });
  };
  const choose = (verdict: Verdict) => {
    if (waits && !judging && !answer.isPending && !(nothingToDo && verdict === 'deny')) setChosen(verdict);
  };
  const card = useRef<HTMLElement>(null);
  const wasJudging = useRef(judging);
  useEffect(() => {
    // The buttons of the first step are gone: the keys must still mean this question.
    if (wasJudging.current && !judging) card.current?.focus({ preventScroll: true });
    wasJudging.current = judging;
  }, [judging]);
  const titleId = `judgement-${judgement.id}`;
  return (
    <article
      ref={card}
      className="judgement"
      aria-labelledby={titleId}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the focus so that the keys mean this question
      tabIndex={0}
      data-judgement
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const sure = levels.find(({ key }) => key === event.key);
        if (event.key === 't') take('true-positive');
        else if (event.key === 'b') take('benign');
        else if (judging && sure !== undefined) say(sure.confidence);
        else if (event.key === 'a') choose('approve');
        else if (event.key === 'd') choose('deny');
        else if (event.key === 'Escape') {
          setTaken(null);
          setChosen(null);
        } else return;
        event.preventDefault();
      }}
    >
      <header>
        <p className="eyebrow">
          Your judgement
          {waits ? (
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

      {view.intruder && waits ? (
        <p className="notice">
          <strong>An intruder is active.</strong> What is recommended is shown at once.
        </p>
      ) : null}

      <div>
        <h3>What waiting costs</h3>
        <p>
          <strong>{view.waiting.within === 'days' ? 'It can wait for days.' : `It is felt within ${view.waiting.within}.`}</strong>{' '}
          {view.waiting.says}
        </p>
      </div>

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

      {ofFinding || view.about.length === 0 ? null : (
        <div>
          <h3>What it is about</h3>
          <AboutRows rows={view.about} />
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

      <Cases cases={view.cases} />
      <Stored evidence={view.evidence} />

      {advice === null ? null : (
        <div className="recommendation">
          {opinion === null ? null : <p className="small">You took it for {opinionWords(opinion)}.</p>}
          <h3>
            {nothingToDo ? 'Automation has nothing to offer' : `It recommends: ${advice.answer}`}
            {advice.opinion === null ? '' : `. It takes it for ${opinionWords(advice.opinion)}`}
          </h3>
          <p>
            <Visible text={advice.because} />
          </p>
        </div>
      )}

      {judging ? (
        <footer>
          <Judging taken={taken} pending={give.isPending} onTake={take} onSay={say} onBack={() => setTaken(null)} />
          <Trouble error={give.error} />
        </footer>
      ) : waits ? (
        <footer>
          {chosen === null ? (
            <div className="buttons">
              <button
                type="button"
                className={advice?.answer === 'approve' || nothingToDo ? 'button button-main' : 'button'}
                onClick={() => choose('approve')}
              >
                {nothingToDo ? 'I have looked' : 'Approve'} <kbd>a</kbd>
              </button>
              {nothingToDo ? null : (
                <button
                  type="button"
                  className={advice?.answer === 'deny' ? 'button button-main' : 'button'}
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
          <Trouble error={answer.error} />
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

/** One key each: the first digit, and 0 for as sure as one can be. */
const levels = [
  { key: '5', confidence: 50 },
  { key: '6', confidence: 60 },
  { key: '7', confidence: 70 },
  { key: '8', confidence: 80 },
  { key: '9', confidence: 90 },
  { key: '0', confidence: 99 },
] as const;

function opinionWords({ nature, confidence }: Opinion): string {
  return `${nature === 'benign' ? 'benign' : 'an attack'}, ${confidence} % sure`;
}

/** The first step: what it is, then how surely. The first word holds, so it is said in two presses. */
function Judging({
  taken,
  pending,
  onTake,
  onSay,
  onBack,
}: {
  readonly taken: Nature | null;
  readonly pending: boolean;
  readonly onTake: (nature: Nature) => void;
  readonly onSay: (confidence: number) => void;
  readonly onBack: () => void;
}) {
  if (taken === null)
    return (
      <div className="buttons">
        <button type="button" className="button" onClick={() => onTake('true-positive')}>
          It is an attack <kbd>t</kbd>
        </button>
        <button type="button" className="button" onClick={() => onTake('benign')}>
          It is benign <kbd>b</kbd>
        </button>
        <span className="quiet small">What do you take it for? What is recommended comes after.</span>
      </div>
    );
  return (
    <div className="buttons confirm">
      <p>
        <strong>{taken === 'benign' ? 'Benign.' : 'An attack.'}</strong> How sure are you? 50 % is a coin.
      </p>
      {levels.map(({ key, confidence }) => (
        <button key={key} type="button" className="button" disabled={pending} onClick={() => onSay(confidence)}>
          {confidence} % <kbd>{key}</kbd>
        </button>
      ))}
      <button type="button" className="button" disabled={pending} onClick={onBack}>
        Back <kbd>Esc</kbd>
      </button>
    </div>
  );
}

function Cases({ cases }: { readonly cases: JudgementView['cases'] }) {
  if (cases.length === 0) return null;
  return (
    <div>
      <h3>Cases like it</h3>
      <ul className="plain">
        {cases.map(({ id, question, account, answer, answeredAt, outcome }) => (
          <li key={id}>
            <Visible text={question} />{' '}
            <span className="quiet small">
              {answer} <When at={answeredAt} /> in {account};{' '}
              {outcome === null ? 'not known yet how it turned out' : outcome === 'benign' ? 'it was benign' : 'it was an attack'}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The documents that the question rests on, by hash: for whoever checks them later. */
function Stored({ evidence }: { readonly evidence: JudgementView['evidence'] }) {
  const known = evidence.filter(({ document }) => document !== null);
  if (known.length === 0) return null;
  return (
    <details>
      <summary className="small quiet">
        {known.length === 1 ? 'The stored evidence' : `The stored evidence of ${known.length} findings`}
      </summary>
      <dl className="small">
        {known.map(({ finding, document, context, decision }) => (
          <div key={finding}>
            <dt>Finding {finding.slice(0, 8)}, what was known, and the decision</dt>
            {[document, context, decision].map((hash) =>
              hash === null ? null : (
                <dd key={hash} className="mono hash">
                  {hash}
                </dd>
              ),
            )}
          </div>
        ))}
      </dl>
    </details>
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
