import type { Finding } from '../api/generated/client.ts';
import { Visible } from './visible.tsx';
import { When } from './when.tsx';

/** What a finding about a setting rests on: what was read of the resource. A setting has no time, only its resource has. */
export function ReadSetting({ finding }: { readonly finding: Finding }) {
  const [evidence] = finding.evidence;
  if (evidence === undefined) return <p className="quiet">It was read from the account’s settings.</p>;
  const facts = Object.entries(evidence.kept ?? {});
  return (
    <>
      <p className="prose">
        Not an event: it is how the account is set up, read with{' '}
        <code>
          <Visible text={`${evidence.service.split('.')[0] ?? ''}:${evidence.operation}`} />
        </code>
        , and it stands at the last reading.
        {evidence.time === 0 ? null : (
          <>
            {' '}
            The resource has existed since <When at={evidence.time} />.
          </>
        )}
      </p>
      {facts.length === 0 ? null : (
        <dl className="pairs pairs-wide">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>
                <Visible text={name} />
              </dt>
              <dd>
                <Visible text={typeof value === 'string' ? value : JSON.stringify(value)} mono />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}
