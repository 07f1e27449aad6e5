import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type FixView, listFixes, listQuestions, type QuestionView } from '../api/generated/client.ts';
import { Link } from '../lib/router.tsx';
import { Empty } from '../parts/empty.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Section } from '../parts/section.tsx';
import { SeverityMark } from '../parts/severity-mark.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

/** What is asked of the person who is signed in. */
export function OwnPage() {
  const fixes = useQuery({ queryKey: ['fixes'], queryFn: listFixes, refetchInterval: 30_000 });
  const questions = useQuery({ queryKey: ['questions'], queryFn: listQuestions, refetchInterval: 30_000 });
  return (
    <Page title="Yours" lead={<p>What you are asked about what your credentials did or what is yours, and what is insecure of it.</p>}>
      <Loaded query={questions}>
        {({ items }) => {
          const waiting = items.filter(({ state }) => state === 'waiting');
          const over = items.filter(({ state }) => state !== 'waiting');
          return (
            <>
              {waiting.length === 0 ? (
                <Empty title="Nothing is asked of you.">
                  When your credentials do something odd, you are asked here whether it was you; when somebody does it with what is yours,
                  whether it is meant.
                </Empty>
              ) : (
                <Questions title="Was this you? Is this meant?" items={waiting} />
              )}
              {over.length === 0 ? null : <Questions title="You were asked" items={over} />}
            </>
          );
        }}
      </Loaded>
      <Loaded query={fixes}>{({ items }) => (items.length === 0 ? null : <Fixes items={items} />)}</Loaded>
    </Page>
  );
}

function Fixes({ items }: { readonly items: readonly FixView[] }) {
  return (
    <Queue title="To mend" count={items.length}>
      {items.map(({ id, since, finding, fixes, actions }) => (
        <Item key={id} to={`/fixes/${id}`} finding={finding}>
          since <When at={since} />
          {actions.length > 0 ? ' · begun' : fixes.length > 0 ? ' · can be mended from here' : ''}
        </Item>
      ))}
    </Queue>
  );
}

const states = {
  actor: { waiting: 'waits', answered: 'answered', me: 'it was you', 'not-me': 'it was not you', silent: 'no answer' },
  owner: { waiting: 'waits', answered: 'answered', me: 'it is meant', 'not-me': 'it is not meant', silent: 'no answer' },
} as const;

function Questions({ title, items }: { readonly title: string; readonly items: readonly QuestionView[] }) {
  return (
    <Queue title={title} count={items.length}>
      {items.map(({ id, as, state, until, finding }) => (
        <Item key={id} to={`/questions/${id}`} finding={finding}>
          {states[as][state]}
          {until === null ? null : (
            <>
              {' until '}
              <When at={until} />
            </>
          )}
        </Item>
      ))}
    </Queue>
  );
}

function Queue({ title, count, children }: { readonly title: string; readonly count: number; readonly children: ReactNode }) {
  return (
    <Section title={title} aside={<span className="quiet tabular">{count}</span>}>
      <ul className="plain queue">{children}</ul>
    </Section>
  );
}

function Item({
  to,
  finding,
  children,
}: {
  readonly to: string;
  readonly finding: Pick<FixView['finding'], 'severity' | 'title' | 'message'>;
  readonly children: ReactNode;
}) {
  return (
    <li>
      <SeverityMark severity={finding.severity} />
      <div className="queue-what">
        <Link to={to} data-row>
          <Visible text={finding.title} />
        </Link>
        <p className="quiet">
          <Visible text={finding.message} />
        </p>
        <small className="quiet">{children}</small>
      </div>
    </li>
  );
}
