import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { readSession, readStatus, signOut } from './api/generated/client.ts';
import { ApiError } from './api/request.ts';
import { Announcer } from './lib/announce.tsx';
import { go, Link, useAddress } from './lib/router.tsx';
import { useKeys } from './lib/use-keys.ts';
import { type Live, useLive } from './lib/use-live.ts';
import { ActionPage } from './pages/action.tsx';
import { Actions } from './pages/actions.tsx';
import { CoveragePage } from './pages/coverage.tsx';
import { DeclaredIncidentPage } from './pages/declared-incident.tsx';
import { DrillsPage } from './pages/drills.tsx';
import { FindingPage } from './pages/finding.tsx';
import { Findings } from './pages/findings.tsx';
import { FixPage } from './pages/fix.tsx';
import { AccountHealthPage, HealthPage } from './pages/health.tsx';
import { Home } from './pages/home.tsx';
import { IncidentPage } from './pages/incident.tsx';
import { Incidents } from './pages/incidents.tsx';
import { InvestigationPage, InvestigationsPage } from './pages/investigations.tsx';
import { Judgements } from './pages/judgements.tsx';
import { LedgerPage } from './pages/ledger.tsx';
import { LoadPage } from './pages/load.tsx';
import { OnCall } from './pages/on-call.tsx';
import { OwnPage } from './pages/own.tsx';
import { PasskeysPage } from './pages/passkeys.tsx';
import { ProposalsPage } from './pages/proposals.tsx';
import { QuestionPage } from './pages/question.tsx';
import { RisksPage } from './pages/risks.tsx';
import { ScoresPage } from './pages/scores.tsx';
import { SettingsPage } from './pages/settings.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { DeclaredNotice } from './parts/declared-notice.tsx';
import { Page } from './parts/page.tsx';
import { Shortcuts } from './parts/shortcuts.tsx';
import { StopButton } from './parts/stop-button.tsx';

const places = [
  { to: '/', name: 'Home', key: 'h' },
  { to: '/on-call', name: 'On call', key: 'o' },
  { to: '/incidents', name: 'Incidents', key: 'i' },
  { to: '/findings', name: 'Findings', key: 'f' },
  { to: '/actions', name: 'Actions', key: 'a' },
  { to: '/ledger', name: 'Ledger', key: 'l' },
  { to: '/automation', name: 'Automation', key: 'u' },
] as const;
/** Reached from other pages and by keys; the bar has no room for all. */
const more = [
  { to: '/health', name: 'Health', key: 'e' },
  { to: '/load', name: 'Load', key: 'd' },
  { to: '/questions', name: 'Yours', key: 'y' },
  { to: '/passkeys', name: 'Passkeys', key: 'p' },
  { to: '/risks', name: 'Risks', key: 'r' },
] as const;

export function App() {
  const path = useAddress().split('?')[0] ?? '/';
  const session = useQuery({
    queryKey: ['session'],
    queryFn: readSession,
    enabled: path !== '/sign-in',
    retry: (count, error) => !(error instanceof ApiError && error.status === 401) && count < 2,
  });
  if (path === '/sign-in') return <SignIn ended={false} />;
  if (session.error instanceof ApiError && session.error.status === 401) return <SignIn ended />;
  if (session.data === undefined && session.error === null) return null;
  if (session.data?.scope === 'own') return <OwnShell path={path} />;
  return <Shell path={path} />;
}

function Shell({ path }: { readonly path: string }) {
  const live = useLive();
  const [help, setHelp] = useState(false);
  useKeys({ ...Object.fromEntries([...places, ...more].map(({ to, key }) => [`g ${key}`, () => go(to)])), '?': () => setHelp(true) });
  useEffect(() => {
    // For whoever drives the console from outside, such as a test that waits until it hears of changes.
    document.documentElement.dataset['live'] = live;
  }, [live]);
  return (
    <>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <Bar path={path} live={live} onHelp={() => setHelp(true)} />
      <DeclaredNotice />
      <main id="main" tabIndex={-1}>
        {route(path)}
      </main>
      <Announcer />
      {help ? <Shortcuts places={[...places, ...more]} onClose={() => setHelp(false)} /> : null}
    </>
  );
}

/** What a person sees who is signed in for what is their own. */
function OwnShell({ path }: { readonly path: string }) {
  const leave = useLeave();
  const [, place] = path.split('/');
  return (
    <>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="bar">
        <Link to="/" className="brand" aria-label="jobzero, home">
          <img src="/mark.svg" alt="" width="26" height="26" />
          jobzero
        </Link>
        <nav aria-label="Pages">
          <ul>
            <li>
              <Link to="/" aria-current={place === 'passkeys' ? undefined : 'page'}>
                Yours
              </Link>
            </li>
            <li>
              <Link to="/passkeys" aria-current={place === 'passkeys' ? 'page' : undefined}>
                Passkeys
              </Link>
            </li>
          </ul>
        </nav>
        <div className="bar-end">
          <button type="button" className="button button-quiet" onClick={() => void leave()}>
            Sign out
          </button>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {ownRoute(path)}
      </main>
      <Announcer />
    </>
  );
}

function ownRoute(path: string): ReactNode {
  const [, place, id] = path.split('/');
  if (place === 'passkeys') return <PasskeysPage key="passkeys" />;
  if (place === 'questions' && id !== undefined) return <QuestionPage key={id} id={decodeURIComponent(id)} />;
  if (place === 'fixes' && id !== undefined) return <FixPage key={id} id={decodeURIComponent(id)} />;
  return <OwnPage key="own" />;
}

function useLeave(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await signOut();
    client.clear();
    go('/sign-in');
  };
}

function Bar({ path, live, onHelp }: { readonly path: string; readonly live: Live; readonly onHelp: () => void }) {
  const status = useQuery({ queryKey: ['overview', 'status'], queryFn: readStatus });
  const leave = useLeave();
  return (
    <header className="bar">
      <Link to="/" className="brand" aria-label="jobzero, home">
        <img src="/mark.svg" alt="" width="26" height="26" />
        jobzero
      </Link>
      <nav aria-label="Pages">
        <ul>
          {places.map(({ to, name }) => {
            const here = to === '/' ? path === '/' : path.startsWith(to);
            return (
              <li key={to}>
                <Link to={to} aria-current={here ? 'page' : undefined}>
                  {name}
                  {name === 'Home' && (status.data?.waiting ?? 0) > 0 ? (
                    <span className="count">
                      {status.data?.waiting}
                      <span className="unseen"> waiting</span>
                    </span>
                  ) : null}
                </Link>
              </li>
            );
          })}
        </ul>
      </nav>
      <div className="bar-end">
        <span className={`live live-${live}`} role="status">
          <i aria-hidden="true" />
          <span>{live === 'live' ? 'live' : live === 'lost' ? 'no connection' : 'connecting'}</span>
        </span>
        <button type="button" className="button button-quiet" onClick={onHelp} aria-label="Keyboard shortcuts">
          <kbd>?</kbd>
        </button>
        <button type="button" className="button button-quiet" onClick={() => void leave()}>
          Sign out
        </button>
        <StopButton stop={status.data?.stop ?? null} />
      </div>
    </header>
  );
}

function route(path: string): ReactNode {
  const [, place, id] = path.split('/');
  if (place === '' || place === undefined) return <Home key="home" />;
  if (place === 'incidents')
    return id === undefined ? <Incidents key="incidents" /> : <IncidentPage key={id} id={decodeURIComponent(id)} />;
  if (place === 'declared' && id !== undefined) return <DeclaredIncidentPage key={id} id={decodeURIComponent(id)} />;
  if (place === 'findings') return id === undefined ? <Findings key="findings" /> : <FindingPage key={id} id={decodeURIComponent(id)} />;
  if (place === 'actions') return id === undefined ? <Actions key="actions" /> : <ActionPage key={id} id={decodeURIComponent(id)} />;
  if (place === 'on-call') return <OnCall key="on-call" />;
  if (place === 'risks') return <RisksPage key="risks" />;
  if (place === 'load') return <LoadPage key="load" />;
  if (place === 'health')
    return id === undefined ? <HealthPage key="health" /> : <AccountHealthPage key={id} account={decodeURIComponent(id)} />;
  if (place === 'judgements') return <Judgements key="judgements" />;
  if (place === 'proposals') return <ProposalsPage key="proposals" />;
  if (place === 'investigations')
    return id === undefined ? <InvestigationsPage key="investigations" /> : <InvestigationPage key={id} id={decodeURIComponent(id)} />;
  if (place === 'drills') return <DrillsPage key="drills" />;
  if (place === 'scores') return <ScoresPage key="scores" />;
  if (place === 'coverage') return <CoveragePage key="coverage" />;
  if (place === 'questions' || place === 'fixes' || place === 'passkeys') return ownRoute(path);
  if (place === 'ledger') return <LedgerPage key="ledger" />;
  if (place === 'automation') return <SettingsPage key="automation" />;
  return (
    <Page title="Nothing here" key="nothing">
      <p>
        There is no such page. <Link to="/">Home</Link>
      </p>
    </Page>
  );
}
