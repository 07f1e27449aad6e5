import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import {
  type Armed,
  type DoctorReport,
  type PlaybookView,
  readDoctor,
  readSettings,
  readShadow,
  setArmed,
} from '../api/generated/client.ts';
import { announce } from '../lib/announce.tsx';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

interface Change {
  readonly playbook: string;
  readonly account: string;
  readonly armed: boolean;
}

const approvals = { none: 'acts alone within its guardrails', 'one-person': 'asks one person', 'two-persons': 'asks two persons' } as const;

export function SettingsPage() {
  const query = useQuery({ queryKey: ['settings'], queryFn: readSettings });
  const [change, setChange] = useState<Change | null>(null);
  return (
    <Page title="Automation" lead={<p>A playbook only says what it would do, until you arm it for an account.</p>}>
      <Doctor />
      <Loaded query={query}>
        {({ playbooks, armed }) => (
          <ul className="playbooks">
            {playbooks.map((playbook) => (
              <Playbook
                key={playbook.id}
                playbook={playbook}
                armed={armed.filter((row) => row.playbook === playbook.id)}
                onChange={setChange}
              />
            ))}
          </ul>
        )}
      </Loaded>
      {change === null ? null : <Confirm change={change} onClose={() => setChange(null)} />}
    </Page>
  );
}

function Playbook({
  playbook,
  armed,
  onChange,
}: {
  readonly playbook: PlaybookView;
  readonly armed: readonly Armed[];
  readonly onChange: (change: Change) => void;
}) {
  const [account, setAccount] = useState('');
  const arm = (event: FormEvent) => {
    event.preventDefault();
    onChange({ playbook: playbook.id, account: account.trim(), armed: true });
  };
  const on = armed.filter((row) => row.armed);
  return (
    <li>
      <h2>{playbook.title}</h2>
      <p className="prose">
        <Linked text={playbook.why} />
      </p>
      <p className="small quiet">
        <code>{playbook.id}</code> · {approvals[playbook.approval]}
      </p>
      {on.length === 0 ? (
        <p className="small">Dry run everywhere.</p>
      ) : (
        <ul className="plain armed">
          {on.map((row) => (
            <li key={row.account}>
              <span>
                Armed in {row.account === '*' ? 'all accounts' : <b className="tabular">{row.account}</b>}
                <small className="quiet">
                  {' '}
                  by <Visible text={row.signedBy} /> at <When at={row.at} />
                </small>
              </span>
              <button
                type="button"
                className="button button-small"
                onClick={() => onChange({ playbook: playbook.id, account: row.account, armed: false })}
              >
                Disarm
              </button>
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary>Arm it in {on.length === 0 ? 'an' : 'another'} account</summary>
        <form className="filters" onSubmit={arm}>
          <label className="field">
            Account
            <input
              value={account}
              onChange={(event) => setAccount(event.target.value)}
              pattern="\s*(\d{12}|\*)\s*"
              title="12 digits, or * for all accounts"
              required
              inputMode="numeric"
              placeholder="12 digits, or *"
              autoComplete="off"
            />
          </label>
          <button type="submit" className="button">
            Arm…
          </button>
        </form>
      </details>
    </li>
  );
}

/** Our own sentences with their links; never used for text from outside. */
function Linked({ text }: { readonly text: string }) {
  return text.split(/(https:\/\/docs\.aws\.amazon\.com\/\S+)/).map((part) =>
    part.startsWith('https://') ? (
      <a key={part} href={part} rel="noreferrer" target="_blank">
        AWS’s page
      </a>
    ) : (
      part
    ),
  );
}

const marks: { readonly [state in DoctorReport['checks'][number]['state']]: string } = {
  good: '✓',
  warning: '!',
  bad: '✗',
  unknown: '?',
  'not-needed': '–',
};

/** Whether jobzero itself is well: nothing is armed while it is not. */
function Doctor() {
  const query = useQuery({ queryKey: ['doctor'], queryFn: readDoctor, refetchInterval: 30_000 });
  return (
    <Loaded query={query}>
      {({ troubles, report }) => (
        <details className="doctor" open={troubles.length > 0}>
          <summary>{troubles.length === 0 ? 'jobzero itself is well.' : 'jobzero itself is not well: no playbook can be armed.'}</summary>
          {report === null ? (
            <p className="small">{troubles.join(' ')}</p>
          ) : (
            <ul className="plain">
              {report.checks.map(({ id, state, says, fix }) => (
                <li key={id}>
                  <span aria-hidden="true">{marks[state]}</span> <b>{id}</b> <span className="quiet">{state}</span> <Visible text={says} />
                  {fix === '' ? null : (
                    <small className="quiet">
                      {' '}
                      → <Visible text={fix} />
                    </small>
                  )}
                </li>
              ))}
            </ul>
          )}
        </details>
      )}
    </Loaded>
  );
}

/** What somebody signs who arms a playbook: its list of what it would have done, and what is missing. */
function Shadow({ change, onList }: { readonly change: Change; readonly onList: (list: string) => void }) {
  const query = useQuery({
    queryKey: ['shadow', change.playbook, change.account],
    queryFn: () => readShadow({ playbook: change.playbook, account: change.account }),
  });
  const list = query.data?.list;
  useEffect(() => {
    if (list !== undefined) onList(list);
  }, [list, onList]);
  return (
    <Loaded query={query}>
      {({ would, watchedDays, shadowDays, list: hash }) => (
        <>
          <p className="small">
            Watched for {watchedDays ?? 0} of {shadowDays} days.{' '}
            {would.length === 0 ? 'It would have done nothing.' : `It would have acted ${would.length} times:`}
          </p>
          {would.length === 0 ? null : (
            <ol className="small would">
              {would.slice(-20).map((one) => (
                <li key={one.action}>
                  <When at={one.at} /> <Visible text={one.blastRadius} />
                </li>
              ))}
            </ol>
          )}
          <p className="small quiet">
            List <code>{hash.slice(0, 16)}</code>
          </p>
        </>
      )}
    </Loaded>
  );
}

function Confirm({ change, onClose }: { readonly change: Change; readonly onClose: () => void }) {
  const client = useQueryClient();
  const [list, setList] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: () =>
      setArmed({
        playbook: change.playbook,
        account: change.account,
        armed: change.armed,
        ...(change.armed && list !== null ? { list } : {}),
      }),
    onSuccess: () => {
      announce(change.armed ? 'Armed.' : 'Disarmed.');
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['settings'] }),
  });
  const where = change.account === '*' ? 'all accounts' : `account ${change.account}`;
  return (
    <ConfirmDialog
      title={change.armed ? `Arm it in ${where}?` : `Disarm it in ${where}?`}
      yes={change.armed ? 'Arm' : 'Disarm'}
      tone="main"
      pending={save.isPending}
      error={save.error?.message ?? null}
      onYes={() => save.mutate()}
      onClose={onClose}
    >
      <p>
        <code>{change.playbook}</code>{' '}
        {change.armed
          ? 'may then change things there, within its guardrails. You sign for its list of what it would have done.'
          : 'then only says what it would do.'}
      </p>
      {change.armed ? <Shadow change={change} onList={setList} /> : null}
    </ConfirmDialog>
  );
}
