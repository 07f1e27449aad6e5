import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerQuestion, type QuestionView, readQuestion } from '../api/generated/client.ts';
import { announce } from '../lib/announce.tsx';
import { Arn } from '../parts/arn.tsx';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { EvidenceTable } from '../parts/evidence-table.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Section } from '../parts/section.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

type Option = 'me' | 'not-me';

/** "Was this you?" to the person whose credentials did it, with what each answer starts. */
export function QuestionPage({ id }: { readonly id: string }) {
  const query = useQuery({ queryKey: ['questions', id], queryFn: () => readQuestion(id) });
  return <Loaded query={query}>{(question) => <Question question={question} />}</Loaded>;
}

function Question({ question }: { readonly question: QuestionView }) {
  const { finding, more, until, state, starts, as, saidBy, saidIn, afterYes, afterSilence } = question;
  const words = wordsFor[as];
  const [chosen, setChosen] = useState<Option | null>(null);
  return (
    <Page
      title={state === 'waiting' ? words.title : 'You were asked'}
      lead={
        <p>
          <strong>
            <Visible text={finding.title} />
          </strong>
          {'. '}
          <Visible text={finding.message} />
        </p>
      }
    >
      <p className="quiet">
        In account {finding.account}, {finding.region}, {words.by} <Arn uid={finding.actor} />
      </p>
      {saidBy === null ? null : (
        <p>
          <strong>
            <Visible text={saidBy} />
          </strong>{' '}
          says that it was them.
        </p>
      )}
      {saidIn === null ? null : (
        <p className="notice" role="status">
          You have said yes in <Visible text={saidIn} />. It counts when you say it here, with your passkey.
        </p>
      )}
      <EvidenceTable evidence={finding.evidence} />
      <More of={more} />
      {state === 'waiting' ? (
        <Section title="Your answer" aside={until === null ? null : <Until at={until} says={words.until[afterSilence]} />}>
          <div className="answers">
            <div>
              <h3>{words.yes}</h3>
              <p>{after[afterYes]}</p>
              <button type="button" className="button" onClick={() => setChosen('me')}>
                {words.sayYes}
              </button>
            </div>
            <div>
              <h3>{words.no}</h3>
              <Starts starts={starts} />
              <button type="button" className="button button-stop" onClick={() => setChosen('not-me')}>
                {words.sayNo}
              </button>
            </div>
          </div>
        </Section>
      ) : (
        <p className="notice" role="status">
          {state === 'silent' ? words.silent[afterSilence] : words.said[state]}
        </p>
      )}
      {chosen === null ? null : <Confirm question={question} option={chosen} onClose={() => setChosen(null)} />}
    </Page>
  );
}

function More({ of }: { readonly of: QuestionView['more'] }) {
  if (of.length === 0) return null;
  return (
    <details>
      <summary>And {of.length} more of the same. The answer is for them, too</summary>
      <ul className="plain">
        {of.map(({ id, message }) => (
          <li key={id}>
            <Visible text={message} />
          </li>
        ))}
      </ul>
    </details>
  );
}

const answered = 'Your answer is taken, and followed within seconds.';

/** To who did it, and to whose it is. */
const wordsFor = {
  actor: {
    title: 'Was this you?',
    by: 'with your credentials',
    until: { engineer: 'without one, the engineer is asked at', contain: 'without one, automation contains it at' },
    silent: {
      engineer: 'The time was over, and the engineer on call was asked.',
      contain: 'The time was over. Automation contained what it may contain, and the engineer on call was asked about the rest.',
    },
    yes: 'It was me',
    sayYes: 'Yes, this was me',
    no: 'It was not me',
    sayNo: 'No, not me',
    surely: { me: ['This was you?', 'Yes, it was me'], 'not-me': ['This was not you?', 'No, it was not me'] },
    said: {
      waiting: '',
      answered,
      me: 'You have said that it was you.',
      'not-me': 'You have said that it was not you. What had to be done at once was begun.',
    },
  },
  owner: {
    title: 'Is this meant?',
    by: 'by',
    until: { engineer: 'it is waited for until', contain: 'it is waited for until' },
    silent: { engineer: 'The time was over.', contain: 'The time was over.' },
    yes: 'It is meant',
    sayYes: 'Yes, this is meant',
    no: 'It is not meant',
    sayNo: 'No, this is not meant',
    surely: { me: ['This is meant?', 'Yes, it is meant'], 'not-me': ['This is not meant?', 'No, it is not meant'] },
    said: {
      waiting: '',
      answered,
      me: 'You have said that it is meant.',
      'not-me': 'You have said that it is not meant. The engineer on call was asked.',
    },
  },
} as const satisfies { readonly [as in QuestionView['as']]: unknown };

const after: { readonly [what in QuestionView['afterYes']]: string } = {
  over: 'Nothing is done, and nobody else is asked.',
  owner: 'It is noted, and whose it is is asked, too.',
  engineer: 'It is noted, and the engineer on call looks at it all the same.',
};

function Until({ at, says }: { readonly at: number; readonly says: string }) {
  return (
    <span className="quiet">
      {says} <When at={at} />
    </span>
  );
}

function Starts({ starts }: { readonly starts: QuestionView['starts'] }) {
  if (starts.length === 0) return <p>The engineer on call is asked at once. Nothing is cut off before.</p>;
  return (
    <>
      <p>This starts at once, as your action:</p>
      <ul>
        {starts.map(({ title, uid, blastRadius, inverse }) => (
          <li key={`${title} ${uid}`}>
            <strong>{title}</strong> <Arn uid={uid} />
            <small>
              <Visible text={blastRadius} /> Taken back by: <Visible text={inverse} />
            </small>
          </li>
        ))}
      </ul>
    </>
  );
}

function Confirm({
  question,
  option,
  onClose,
}: {
  readonly question: QuestionView;
  readonly option: Option;
  readonly onClose: () => void;
}) {
  const client = useQueryClient();
  const [title, yes] = wordsFor[question.as].surely[option];
  const answer = useMutation({
    mutationFn: () => answerQuestion(question.id, { option, revision: question.revision }),
    onSuccess: () => {
      announce('Your answer is taken.');
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['questions'] }),
  });
  return (
    <ConfirmDialog
      title={title}
      yes={yes}
      tone={option === 'me' ? 'main' : 'danger'}
      pending={answer.isPending}
      error={answer.error?.message ?? null}
      onYes={() => answer.mutate()}
      onClose={onClose}
    >
      <p>Your first answer holds. Where you have a passkey, you confirm it with that.</p>
    </ConfirmDialog>
  );
}
