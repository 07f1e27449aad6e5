import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import {
  closeInvestigation,
  type InvestigationDetail,
  listInvestigations,
  type Nature,
  openInvestigation,
  readInvestigation,
} from '../api/generated/client.ts';
import { announce } from '../lib/announce.tsx';
import { go, Link } from '../lib/router.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Section } from '../parts/section.tsx';
import { SeverityMark } from '../parts/severity-mark.tsx';
import { StateChip } from '../parts/state-chip.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

/** What persons look into without being asked. */
export function InvestigationsPage() {
  const query = useQuery({ queryKey: ['investigations'], queryFn: listInvestigations });
  const [about, setAbout] = useState('');
  const [says, setSays] = useState('');
  const open = useMutation({ mutationFn: () => openInvestigation({ about, says }), onSuccess: ({ id }) => go(`/investigations/${id}`) });
  return (
    <Page
      title="Look into something"
      lead={<p>A hunch is enough: what is known of an ARN, an access key or an address, and what can be asked about it.</p>}
    >
      <form
        className="filters"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          open.mutate();
        }}
      >
        <label className="field grow">
          ARN, access key or address
          <input value={about} onChange={(event) => setAbout(event.target.value)} required autoComplete="off" spellCheck={false} />
        </label>
        <label className="field grow">
          What makes you look
          <input value={says} onChange={(event) => setSays(event.target.value)} required autoComplete="off" />
        </label>
        <button type="submit" className="button button-main" disabled={open.isPending}>
          Look
        </button>
        <Trouble error={open.error} />
      </form>
      <Section title="Before">
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <p className="quiet">Nobody has looked into anything yet.</p>
            ) : (
              <ul className="plain">
                {items.map(({ id, hunch, says: why, by, openedAt, state }) => (
                  <li key={id}>
                    <Link to={`/investigations/${id}`}>
                      <Visible text={hunch.value} />
                    </Link>{' '}
                    <Visible text={why} />{' '}
                    <span className="quiet small">
                      <When at={openedAt} /> by {by}, {state}
                    </span>
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

export function InvestigationPage({ id }: { readonly id: string }) {
  const query = useQuery({ queryKey: ['investigations', id], queryFn: () => readInvestigation(id) });
  return <Loaded query={query}>{(detail) => <Detail detail={detail} />}</Loaded>;
}

function Detail({ detail }: { readonly detail: InvestigationDetail }) {
  const { hunch, says, by, openedAt, findings, looked, actions, queries, opinion } = detail;
  return (
    <Page
      title={hunch.value}
      heading={<Visible text={hunch.value} />}
      long
      lead={
        <p>
          <Visible text={says} />{' '}
          <span className="quiet small">
            <When at={openedAt} /> by {by}
          </span>
        </p>
      }
    >
      <Section
        title="Findings"
        aside={<span className="quiet small">{`${looked.n} looked through${looked.all ? '' : ', the gravest'}`}</span>}
      >
        {findings.length === 0 ? (
          <p className="quiet">Nothing was found about it.</p>
        ) : (
          <ul className="plain">
            {findings.map(({ finding, state, verdict }) => (
              <li key={finding.id}>
                <SeverityMark severity={finding.severity} />{' '}
                <Link to={`/findings/${finding.id}`}>
                  <Visible text={finding.message} />
                </Link>{' '}
                <StateChip state={state} /> <small className="quiet">{verdict === null ? '' : `decided: ${verdict}`}</small>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {actions.length === 0 ? null : (
        <Section title="What was done">
          <ul className="plain">
            {actions.map(({ action, title }) => (
              <li key={action.id}>
                <Link to={`/actions/${action.id}`}>{title}</Link> <StateChip state={action.state} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      {queries.length === 0 ? null : (
        <Section title="Ask the lake">
          <ul className="plain">
            {queries.map(({ question, title, parameters }) => (
              <li key={question}>
                {title}
                <br />
                <code className="small">
                  jobzero query --question {question}
                  {Object.entries(parameters).map(([name, value]) => ` --param ${name}=${value}`)}
                </code>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section title="What is it?">
        {opinion === null ? (
          <Close id={detail.id} />
        ) : (
          <p>
            {opinion.nature === 'benign' ? 'Benign' : 'An attack'}, {opinion.confidence} % sure, said by {opinion.by}{' '}
            <When at={opinion.at} />.
          </p>
        )}
      </Section>
    </Page>
  );
}

const levels = [50, 60, 70, 80, 90, 99];

function Close({ id }: { readonly id: string }) {
  const client = useQueryClient();
  const [nature, setNature] = useState<Nature | null>(null);
  const close = useMutation({
    mutationFn: (said: { readonly nature: Nature; readonly confidence: number }) => closeInvestigation(id, said),
    onSuccess: () => announce('Closed.'),
    onSettled: () => client.invalidateQueries(),
  });
  return (
    <>
      <div className="buttons">
        {nature === null ? (
          <>
            <button type="button" className="button" onClick={() => setNature('true-positive')}>
              It is an attack
            </button>
            <button type="button" className="button" onClick={() => setNature('benign')}>
              It is benign
            </button>
          </>
        ) : (
          <>
            <span>{nature === 'benign' ? 'Benign.' : 'An attack.'} How sure are you?</span>
            {levels.map((confidence) => (
              <button
                key={confidence}
                type="button"
                className="button button-small"
                disabled={close.isPending}
                onClick={() => close.mutate({ nature, confidence })}
              >
                {confidence} %
              </button>
            ))}
            <button type="button" className="button button-small" onClick={() => setNature(null)}>
              Back
            </button>
          </>
        )}
      </div>
      <Trouble error={close.error} />
    </>
  );
}
