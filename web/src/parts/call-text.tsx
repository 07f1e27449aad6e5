import type { Call } from '../api/generated/client.ts';
import { Visible } from './visible.tsx';

/** An API call as one reads it aloud: the action, then what it is given. */
export function CallText({ call }: { readonly call: Call }) {
  return (
    <div className="call">
      <code>
        <Visible text={call.action} />
      </code>
      <dl>
        {Object.entries(call.input).map(([name, value]) => (
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
    </div>
  );
}
