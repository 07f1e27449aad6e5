import type { Evidence } from '../api/generated/client.ts';
import { zone } from '../lib/time.ts';
import { shortName } from './arn.tsx';
import { Visible } from './visible.tsx';
import { When } from './when.tsx';

/** The events that a finding rests on, the earliest first. */
export function EvidenceTable({ evidence, most }: { readonly evidence: readonly Evidence[]; readonly most?: number }) {
  const shown = evidence.slice(0, most ?? evidence.length);
  return (
    <div className="scroll">
      <table className="stacks">
        <caption className="unseen">Evidence, the earliest first</caption>
        <thead>
          <tr>
            <th scope="col">
              Time <span className="nowrap">({zone(evidence[0]?.time ?? 0)})</span>
            </th>
            <th scope="col">Operation</th>
            <th scope="col">Who</th>
            <th scope="col">From</th>
            <th scope="col">On</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((event) => (
            <tr key={event.key}>
              <td data-label="Time">
                <When at={event.time} />
              </td>
              <td data-label="Operation">
                <strong>
                  <Visible text={event.operation} />
                </strong>
                <small>
                  <Visible text={event.service} />
                  {event.error === undefined ? null : (
                    <span className="refused">
                      {' · refused: '}
                      <Visible text={event.error} />
                    </span>
                  )}
                </small>
              </td>
              <td data-label="Who">
                {event.actor === undefined ? (
                  <span className="quiet">not said</span>
                ) : (
                  <Visible text={event.actor.name === '' ? event.actor.uid : event.actor.name} />
                )}
                {event.actor === undefined ? null : (
                  <small>
                    <Visible text={event.actor.type} />
                  </small>
                )}
              </td>
              <td data-label="From">
                {event.ip === undefined ? <span className="quiet">not said</span> : <Visible text={event.ip} />}
                <small>
                  <Visible text={event.region} />
                </small>
              </td>
              <td data-label="On">
                {event.resource === undefined ? (
                  <span className="quiet">not said</span>
                ) : (
                  <Visible text={event.resource.name === '' ? shortName(event.resource.uid) : event.resource.name} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < evidence.length ? <p className="quiet small">{evidence.length - shown.length} more on the finding's page.</p> : null}
    </div>
  );
}
