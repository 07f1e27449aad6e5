import { useQuery } from '@tanstack/react-query';
import { type DeclaredView, readDeclared, readSession } from '../api/generated/client.ts';
import { Link } from '../lib/router.tsx';
import { length } from '../lib/time.ts';
import { useNow } from '../lib/use-now.ts';
import { DeclareButton } from '../parts/declare-button.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Section } from '../parts/section.tsx';
import { SeverityMark } from '../parts/severity-mark.tsx';
import { Visible } from '../parts/visible.tsx';
import { Clocks } from '../parts/war-room/clocks.tsx';
import { Closing } from '../parts/war-room/closing.tsx';
import { Lines } from '../parts/war-room/lines.tsx';
import { Log } from '../parts/war-room/log.tsx';
import { Review } from '../parts/war-room/review.tsx';
import { Tasks } from '../parts/war-room/tasks.tsx';
import { WishButton } from '../parts/war-room/wish-button.tsx';
import { When } from '../parts/when.tsx';

/** The war room of one declared incident: who commands and what ends next first, then who does what, then what was said. */
export function DeclaredIncidentPage({ id }: { readonly id: string }) {
  const query = useQuery({ queryKey: ['declared', id], queryFn: () => readDeclared(id) });
  const session = useQuery({ queryKey: ['session'], queryFn: readSession });
  const who = session.data?.who ?? '';
  const incident = query.data?.incident;
  return (
    <Page
      title={incident?.title ?? 'Declared incident'}
      long={incident !== undefined}
      heading={incident === undefined ? 'Declared incident' : <Visible text={incident.title} />}
      lead={query.data === undefined ? undefined : <Lead view={query.data} who={who} />}
    >
      <Loaded query={query}>{(view) => <Room view={view} who={who} />}</Loaded>
    </Page>
  );
}

function Lead({ view, who }: { readonly view: DeclaredView; readonly who: string }) {
  const now = useNow();
  const { incident, about } = view;
  const { id, state, severity, commander, responders, declaredAt, contained } = incident;
  const present = responders.filter(({ leftAt }) => leftAt === null).map(({ person }) => person);
  const others = present.filter((person) => person !== commander);
  const isIn = present.includes(who);
  return (
    <>
      <p className="meta">
        <SeverityMark severity={severity} />
        <span className={state === 'open' ? 'declared declared-open' : 'declared'}>{words[state]}</span>
        {declaredAt === null ? null : (
          <span>
            declared <When at={declaredAt} />
            {state === 'open' ? `, ${length(now - declaredAt)} ago` : ''}
          </span>
        )}
        <span>{contained === null ? 'not contained' : 'contained'}</span>
        {about.map(({ id: found, title }) => (
          <Link key={found} to={`/incidents/${found}`}>
            <Visible text={title} />
          </Link>
        ))}
      </p>
      {state === 'proposed' || state === 'dismissed' || state === 'lapsed' ? (
        <div className="buttons">
          <DeclareButton incident={about[0]?.id ?? null} title={incident.title} />
          {state === 'proposed' ? (
            <WishButton
              id={id}
              label="It is none"
              said="The proposal is dismissed."
              wish={(note) => ({ do: 'dismiss', note })}
              ask={{ title: 'Why is it none?', field: 'Why' }}
            />
          ) : null}
        </div>
      ) : null}
      {commander === null ? null : (
        <div className="command">
          <p>
            <span className="quiet">Commander</span>
            <b>
              <Visible text={commander} />
            </b>
            {commander === who ? <span className="quiet">that is you</span> : null}
          </p>
          <p className="quiet">
            {others.length === 0 ? (
              'Nobody else is in it.'
            ) : (
              <>
                With <Visible text={others.join(', ')} />
              </>
            )}
          </p>
          {state === 'open' ? (
            <div className="buttons">
              {commander === who ? (
                <WishButton
                  id={id}
                  label="Hand over"
                  said="The command is handed over."
                  wish={(to) => ({ do: 'hand-over', to, note: '' })}
                  ask={{ title: 'Who commands from now on?', field: 'Name, as in channels.yml' }}
                />
              ) : isIn ? (
                <WishButton
                  id={id}
                  label="Take the command"
                  said="You command."
                  wish={(note) => ({ do: 'hand-over', to: who, note })}
                  ask={{ title: 'Why do you take it?', field: 'For the record' }}
                />
              ) : (
                <WishButton id={id} label="Join" said="You are in it." wish={() => ({ do: 'join' })} />
              )}
              {isIn && commander !== who ? (
                <WishButton id={id} label="Leave" said="You have left it." wish={() => ({ do: 'leave' })} />
              ) : null}
            </div>
          ) : null}
        </div>
      )}
    </>
  );
}

const words = {
  proposed: 'proposed by automation',
  open: 'declared',
  closed: 'closed',
  dismissed: 'dismissed',
  lapsed: 'over before it was declared',
} as const;

function Room({ view, who }: { readonly view: DeclaredView; readonly who: string }) {
  const { incident, clocks, lines } = view;
  const isOpen = incident.state === 'open';
  const isCommander = incident.commander === who;
  const wasDeclared = incident.declaredAt !== null;
  return (
    <>
      {wasDeclared ? (
        <>
          <Clocks id={incident.id} clocks={clocks} isCommander={isCommander} isOver={!isOpen} />
          <div className="columns">
            <Tasks view={view} who={who} isOpen={isOpen} />
            <Log view={view} mayTell={isOpen || incident.state === 'closed'} />
          </div>
          <Closing view={view} isCommander={isCommander} />
          <Review view={view} />
        </>
      ) : null}
      <Section title="What happened" aside={<span className="quiet tabular">{lines.length}</span>}>
        <Lines lines={lines} />
      </Section>
    </>
  );
}
