import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type Armed, type PlaybookView, readSettings, setArmed } from '../api/generated/client.ts';
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

function Confirm({ change, onClose }: { readonly change: Change; readonly onClose: () => void }) {
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => setArmed({ playbook: change.playbook, account: change.account, armed: change.armed }),
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
    </ConfirmDialog>
  );
}
