import { useQuery } from '@tanstack/react-query';
import { type Incident, type IncidentDetail, listDeclared, readIncident, type TimelineEntry } from '../api/generated/client.ts';
import { Link } from '../lib/router.tsx';
import { splitMessage } from '../lib/split-message.ts';
import { inColumns, tacticName } from '../lib/tactics.ts';
import { useListKeys } from '../lib/use-list-keys.ts';
import { Arn } from '../parts/arn.tsx';
import { AttackPicture } from '../parts/attack-picture.tsx';
import { DeclareButton } from '../parts/declare-button.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { PagesChip } from '../parts/pages-chip.tsx';
import { Section } from '../parts/section.tsx';
import { SeverityMark } from '../parts/severity-mark.tsx';
import { StateChip } from '../parts/state-chip.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

export function IncidentPage({ id }: { readonly id: string }) {
  const query = useQuery({ queryKey: ['incident', id], queryFn: () => readIncident(id) });
  const incident = query.data?.incident;
  return (
    <Page
      title={incident?.title ?? 'Incident'}
      long={incident !== undefined}
      heading={incident === undefined ? 'Incident' : <Visible text={incident.title} />}
      lead={query.data === undefined ? undefined : <Lead detail={query.data} />}
    >
      <Loaded query={query}>{(detail) => <Detail detail={detail} />}</Loaded>
    </Page>
  );
}

function Lead({ detail: { incident, isOpen } }: { readonly detail: IncidentDetail }) {
  const declared = useQuery({ queryKey: ['declared', 'list'], queryFn: () => listDeclared() });
  const own = declared.data?.items.find((row) => row.incident.state === 'open' && row.incident.incidents.includes(incident.id));
  return (
    <>
      <ul className="plain prose">
        {incident.why.map((why) => (
          <li key={why}>
            <Visible text={why} />
          </li>
        ))}
      </ul>
      <p className="meta">
        <SeverityMark severity={incident.severity} />
        <PagesChip pages={incident.pages} />
        <StateChip state={isOpen ? 'open' : 'resolved'} />
        {incident.sequences.map((sequence) => (
          <span key={sequence} className="tag" title="Sequence">
            <Visible text={sequence} />
          </span>
        ))}
      </p>
      {declared.data === undefined ? null : own === undefined ? (
        isOpen ? (
          <div className="buttons">
            <DeclareButton incident={incident.id} title={incident.title} />
          </div>
        ) : null
      ) : (
        <p>
          It is declared: <Link to={`/declared/${own.incident.id}`}>the war room</Link>
        </p>
      )}
    </>
  );
}

function Detail({ detail: { incident, actions } }: { readonly detail: IncidentDetail }) {
  const list = useListKeys<HTMLTableSectionElement>();
  return (
    <>
      <AttackPicture incident={incident} />

      <Section title="What happened" aside={<span className="quiet small">{howMany(incident)}</span>}>
        <table className="list stacks rows rows-findings">
          <caption className="unseen">Findings of this incident, by time</caption>
          <thead>
            <tr>
              <th scope="col">Severity</th>
              <th scope="col">Finding</th>
              <th scope="col">Account</th>
              <th scope="col">When</th>
              <th scope="col">Events</th>
            </tr>
          </thead>
          <tbody ref={list}>
            {incident.timeline.map((entry) => (
              <Row key={entry.finding} entry={entry} />
            ))}
          </tbody>
        </table>
      </Section>

      {actions.length === 0 ? null : (
        <Section title="What was done">
          <Timeline actions={actions} />
        </Section>
      )}

      <div className="columns">
        <Section title="Who">
          <Named list={incident.actors} left={incident.left.actors} none="The evidence names nobody." />
        </Section>
        <Section title="On what">
          <Named list={incident.resources} left={incident.left.resources} none="The evidence names no resource." />
        </Section>
      </div>
    </>
  );
}

function Row({ entry }: { readonly entry: TimelineEntry }) {
  const { what, rest } = splitMessage(entry.what, entry.title);
  return (
    <tr className="row-link">
      <td data-label="Severity">
        <SeverityMark severity={entry.severity} />
      </td>
      <td data-label="Finding">
        <Link to={`/findings/${entry.finding}`} data-row className="cover">
          <Visible text={what} />
        </Link>
        <small>
          <Visible text={[rest, inColumns(entry.tactics).map(tacticName).join(', ')].filter((part) => part !== '').join(' · ')} />
        </small>
      </td>
      <td data-label="Account" className="nowrap">
        <Visible text={entry.account} />
      </td>
      <td data-label="When">
        <When at={entry.time} />
      </td>
      <td data-label="Events" className="nowrap quiet">
        {entry.moreEvents ? `${entry.events.length}+` : entry.events.length}
        {entry.events.length === 1 && !entry.moreEvents ? ' event' : ' events'}
      </td>
    </tr>
  );
}

function Named({ list, left, none }: { readonly list: Incident['actors']; readonly left: number; readonly none: string }) {
  if (list.length === 0) return <p className="quiet">{none}</p>;
  return (
    <ul className="plain">
      {list.map(({ uid, name, type }) => (
        <li key={uid}>
          <Arn uid={uid} {...(name === '' ? {} : { name })} /> <small className="quiet">{type}</small>
        </li>
      ))}
      {left === 0 ? null : <li className="quiet">and {left} more</li>}
    </ul>
  );
}

function howMany({ members, left }: Incident): string {
  const n = members.length + left.members;
  const all = n === 1 ? 'one finding' : `${n} findings`;
  return left.timeline === 0 ? all : `the ${n - left.timeline} gravest of ${all}`;
}
