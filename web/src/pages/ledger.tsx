import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Checkpoint, type LedgerFault, type LedgerReport, listLeaves, readLedger, verifyLedger } from '../api/generated/client.ts';
import { announce } from '../lib/announce.tsx';
import { Link } from '../lib/router.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { MerklePicture } from '../parts/merkle-picture.tsx';
import { Page } from '../parts/page.tsx';
import { Section } from '../parts/section.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

export function LedgerPage() {
  const query = useQuery({ queryKey: ['ledger', 'checkpoint'], queryFn: readLedger });
  const leaves = useQuery({ queryKey: ['ledger', 'leaves'], queryFn: () => listLeaves({ limit: 40 }) });
  return (
    <Page
      title="Ledger"
      lead={<p>Everything that was found, decided, answered and done is a numbered leaf here. Change one, and the root no longer fits.</p>}
    >
      <Loaded query={query}>
        {({ checkpoint }) =>
          checkpoint === null ? (
            <p className="quiet">No checkpoint has been signed yet; the first leaf is numbered within a second.</p>
          ) : (
            <Sealed checkpoint={checkpoint} />
          )
        }
      </Loaded>
      <Verify />
      <Section title="The last leaves">
        <Loaded query={leaves}>
          {({ items }) =>
            items.length === 0 ? (
              <p className="quiet">None yet.</p>
            ) : (
              <table className="list stacks rows rows-leaves">
                <caption className="unseen">The last leaves, the newest first</caption>
                <thead>
                  <tr>
                    <th scope="col">Number</th>
                    <th scope="col">What</th>
                    <th scope="col">About</th>
                    <th scope="col">When</th>
                  </tr>
                </thead>
                <tbody>
                  {items.toReversed().map((leaf) => (
                    <tr key={leaf.index}>
                      <td data-label="Number" className="tabular">
                        {leaf.index}
                      </td>
                      <td data-label="What">{leaf.type}</td>
                      <td data-label="About">
                        <Subject type={leaf.type} subject={leaf.subject} />
                      </td>
                      <td data-label="When">{leaf.at === null ? '' : <When at={leaf.at} />}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )
          }
        </Loaded>
      </Section>
    </Page>
  );
}

function Sealed({ checkpoint }: { readonly checkpoint: Checkpoint }) {
  return (
    <div className="sealed">
      <MerklePicture size={checkpoint.size} />
      <dl className="pairs">
        <div>
          <dt>Leaves</dt>
          <dd className="huge tabular">{checkpoint.size.toLocaleString('en')}</dd>
        </div>
        <div>
          <dt>Root</dt>
          <dd className="mono root">{checkpoint.root}</dd>
        </div>
        <div>
          <dt>Signed as</dt>
          <dd>
            <Visible text={checkpoint.origin} mono />
          </dd>
        </div>
      </dl>
      <details>
        <summary>The signed checkpoint, to keep elsewhere</summary>
        <pre>{checkpoint.note}</pre>
      </details>
    </div>
  );
}

function Verify() {
  const [outside, setOutside] = useState('');
  const verify = useMutation({
    mutationFn: () => verifyLedger({ outside: outside.trim() === '' ? [] : [outside.endsWith('\n') ? outside : `${outside}\n`] }),
    onSuccess: (report) => announce(report.ok ? `The ledger is whole: ${report.size} leaves.` : 'The ledger is not whole.'),
  });
  return (
    <Section title="Verify">
      <p className="prose">Reads every leaf again and recomputes the root from them.</p>
      <details className="outside">
        <summary>Hold it against a checkpoint that you kept elsewhere</summary>
        <label className="field">
          The signed note, as it was
          <textarea rows={6} value={outside} onChange={(event) => setOutside(event.target.value)} spellCheck={false} />
        </label>
      </details>
      <div className="buttons">
        <button type="button" className="button button-main" disabled={verify.isPending} onClick={() => verify.mutate()}>
          {verify.isPending ? 'Verifying…' : 'Verify now'}
        </button>
      </div>
      <Trouble error={verify.error} />
      {verify.data === undefined ? null : <Report report={verify.data} />}
    </Section>
  );
}

function Report({ report }: { readonly report: LedgerReport }) {
  return (
    <div className={report.ok ? 'notice notice-good' : 'notice notice-trouble'} data-verified={report.ok}>
      <p className="notice-title">{report.ok ? 'The ledger is whole.' : 'The ledger is not whole.'}</p>
      <p>
        {report.size.toLocaleString('en')} leaves were read{report.waiting === 0 ? '' : `, ${report.waiting} more wait for their number`}
        {report.ok ? ', and their root is the one that was signed.' : '.'}
      </p>
      {report.faults.length === 0 ? null : (
        <ul>
          {report.faults.map((fault) => (
            <li key={`${fault.fault} ${fault.index ?? ''} ${fault.size ?? ''}`}>{faultWords(fault)}</li>
          ))}
        </ul>
      )}
      <p className="small">
        {report.basis === 'outside-checkpoint'
          ? `This rests on a checkpoint kept outside the database${report.outsideSize === null ? '' : `, of ${report.outsideSize} leaves`}: what came before it cannot have been rewritten.`
          : 'This rests on what is inside the database alone. It finds every edit, but not one by somebody who holds the signing key and rewrote everything; a checkpoint kept elsewhere would.'}
      </p>
    </div>
  );
}

function faultWords(fault: LedgerFault): string {
  switch (fault.fault) {
    case 'leaf-changed':
      return `Leaf ${fault.index ?? '?'} is not what was signed.`;
    case 'leaf-missing':
      return `Leaf ${fault.index ?? '?'} is missing.`;
    case 'root-differs':
      return `The root of the first ${fault.size ?? '?'} leaves is not the one that was signed.`;
    case 'bad-signature':
      return `The signature of the checkpoint of ${fault.size ?? '?'} leaves is wrong.`;
    case 'unknown-key':
      return `The checkpoint of ${fault.size ?? '?'} leaves was signed by a key that is not ours.`;
    case 'truncated':
      return `There are ${fault.size ?? '?'} leaves, but ${fault.expected ?? '?'} were signed for: the end was cut off.`;
    case 'inconsistent-with-outside':
      return `It does not grow out of the checkpoint of ${fault.size ?? '?'} leaves that was kept outside: the past was rewritten.`;
    default:
      return fault.fault satisfies never;
  }
}

function Subject({ type, subject }: { readonly type: string; readonly subject: string }) {
  const short = /^[0-9a-f]{32,}$/.test(subject) ? subject.slice(0, 12) : subject;
  const to =
    type === 'finding' ? `/findings/${subject}` : type === 'action' || type === 'receipt' || type === 'undo' ? `/actions/${subject}` : null;
  return to === null ? (
    <Visible text={short} mono />
  ) : (
    <Link to={to} title={subject}>
      <Visible text={short} mono />
    </Link>
  );
}
