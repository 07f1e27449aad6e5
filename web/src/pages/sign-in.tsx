import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { signIn } from '../api/generated/client.ts';
import { signInByPasskey } from '../lib/passkeys.ts';
import { go } from '../lib/router.tsx';
import { Trouble } from '../parts/trouble.tsx';

/** For who has a passkey: no link is needed. */
function ByPasskey() {
  const client = useQueryClient();
  const enter = useMutation({
    mutationKey: ['sign-in'],
    mutationFn: signInByPasskey,
    onSuccess: async () => {
      go(window.location.pathname === '/sign-in' ? '/' : window.location.pathname, 'replace');
      await client.resetQueries();
    },
  });
  return (
    <>
      <button type="button" className="button button-main" disabled={enter.isPending} onClick={() => enter.mutate()}>
        Sign in with a passkey
      </button>
      <Trouble error={enter.error} />
    </>
  );
}

/** Spends the token in the address's fragment, once, and takes it out of the address and the history first. */
export function SignIn({ ended }: { readonly ended: boolean }) {
  const client = useQueryClient();
  const spent = useRef(false);
  const spend = useMutation({
    mutationFn: (token: string) => signIn({ token }),
    onSuccess: async () => {
      go(window.location.pathname === '/sign-in' ? '/' : window.location.pathname, 'replace');
      await client.resetQueries();
    },
  });
  const { mutate } = spend;
  useEffect(() => {
    const read = () => {
      const token = window.location.hash.slice(1);
      if (token === '' || window.location.pathname !== '/sign-in') return;
      window.history.replaceState(null, '', '/sign-in');
      spent.current = true;
      mutate(token);
    };
    read();
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, [mutate]);
  useEffect(() => {
    document.title = 'Sign in · jobzero';
  }, []);
  return (
    <main className="sign-in" id="main">
      <img src="/mark.svg" alt="" width="56" height="56" />
      <h1>
        {spend.isPending
          ? 'Signing you in…'
          : spend.isError
            ? 'This link does not open any more.'
            : ended
              ? 'You are signed out.'
              : 'Sign in with a link.'}
      </h1>
      <ByPasskey />
      {spend.isError ? <p role="alert">{spend.error.message}</p> : null}
      <p className="quiet">Each link opens the console once, and for 15 minutes. For a new one, run this where jobzero runs:</p>
      <pre>
        <code>jobzero sign-in</code>
      </pre>
    </main>
  );
}
