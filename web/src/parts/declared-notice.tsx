import { useQuery } from '@tanstack/react-query';
import { listDeclared } from '../api/generated/client.ts';
import { Link } from '../lib/router.tsx';
import { countdown } from '../lib/time.ts';
import { useNow } from '../lib/use-now.ts';
import { Visible } from './visible.tsx';

/** On every page while an incident is declared or proposed: what it is, who commands, and which clock ends next. */
export function DeclaredNotice() {
  const query = useQuery({ queryKey: ['declared', 'list'], queryFn: () => listDeclared() });
  const now = useNow();
  const rows = query.data?.items ?? [];
  if (rows.length === 0) return null;
  return (
    <aside className="declared-notice" aria-label="Declared incidents">
      <ul className="plain">
        {rows.map(({ incident, nextEnd }) => (
          <li key={incident.id} className={incident.state === 'open' ? 'is-open' : undefined}>
            <b>{incident.state === 'open' ? 'Incident' : 'Proposed'}</b>{' '}
            <Link to={`/declared/${incident.id}`}>
              <Visible text={incident.title} />
            </Link>
            {incident.commander === null ? null : (
              <span>
                {' '}
                · <Visible text={incident.commander} /> commands
              </span>
            )}
            {nextEnd === null ? null : (
              <span className="tabular"> · {nextEnd > now ? `a clock ends in ${countdown(nextEnd - now)}` : 'a clock has ended'}</span>
            )}
          </li>
        ))}
      </ul>
    </aside>
  );
}
