import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { listPasskeys, type PasskeyView, removePasskey } from '../api/generated/client.ts';
import { announce } from '../lib/announce.tsx';
import { registerPasskey } from '../lib/passkeys.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { Empty } from '../parts/empty.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Section } from '../parts/section.tsx';
import { TextField } from '../parts/text-field.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

/** The person's own passkeys: registering, and removing. */
export function PasskeysPage() {
  const query = useQuery({ queryKey: ['passkeys'], queryFn: listPasskeys });
  return (
    <Page
      title="Passkeys"
      lead={<p>With a passkey you sign in without a link, and confirm what is grave: by a finger, a face or a PIN, for that one thing.</p>}
    >
      <Loaded query={query}>
        {({ items }) => (
          <>
            {items.length === 0 ? (
              <Empty title="You have no passkey.">Until you have one, being signed in is enough for all that you do here.</Empty>
            ) : (
              <ul className="plain armed">
                {items.map((passkey) => (
                  <Row key={passkey.id} passkey={passkey} isLast={items.length === 1} />
                ))}
              </ul>
            )}
            <Register isFurther={items.length > 0} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Row({ passkey: { id, name, site, registeredAt, usedAt }, isLast }: { readonly passkey: PasskeyView; readonly isLast: boolean }) {
  const [open, setOpen] = useState(false);
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => removePasskey(id),
    onSuccess: () => {
      announce('The passkey is removed.');
      setOpen(false);
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['passkeys'] }),
  });
  return (
    <li>
      <span>
        <b>
          <Visible text={name} />
        </b>{' '}
        <small className="quiet">
          for {site}, registered <When at={registeredAt} />
          {usedAt === null ? ', not used yet' : null}
          {usedAt === null ? null : (
            <>
              , used <When at={usedAt} />
            </>
          )}
        </small>
      </span>
      <button type="button" className="button button-small" onClick={() => setOpen(true)}>
        Remove…
      </button>
      {open ? (
        <ConfirmDialog
          title={`Remove the passkey ${name}?`}
          yes="Remove it"
          tone="danger"
          pending={remove.isPending}
          error={remove.error?.message ?? null}
          onYes={() => remove.mutate()}
          onClose={() => setOpen(false)}
        >
          <p>
            {isLast
              ? 'It is your last one: you confirm this with it, and sign in by a link from then on.'
              : 'You confirm this with one of your passkeys.'}{' '}
            Where you have lost them all, who runs jobzero removes them: <code>jobzero passkeys remove</code>.
          </p>
        </ConfirmDialog>
      ) : null}
    </li>
  );
}

function Register({ isFurther }: { readonly isFurther: boolean }) {
  const [name, setName] = useState('');
  const client = useQueryClient();
  const register = useMutation({
    mutationFn: () => registerPasskey(name.trim()),
    onSuccess: () => {
      announce('The passkey is registered.');
      setName('');
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['passkeys'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    register.mutate();
  };
  return (
    <Section title={isFurther ? 'One more' : 'Your first passkey'}>
      {isFurther ? <p className="small quiet">You confirm it with one that you have. With two, losing one does not shut you out.</p> : null}
      <form className="filters" onSubmit={submit}>
        <TextField label="What you call it" value={name} most={60} placeholder="laptop" onText={setName} />
        <button type="submit" className="button button-main" disabled={register.isPending}>
          Register a passkey
        </button>
      </form>
      <Trouble error={register.error} />
    </Section>
  );
}
