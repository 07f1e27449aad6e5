import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError, confirmBy } from './api/request.ts';
import { App } from './app.tsx';
import { confirmByPasskey } from './lib/passkeys.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';

const ended = (error: Error) => {
  if (error instanceof ApiError && error.status === 401) void client.invalidateQueries({ queryKey: ['session'] });
};

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error, query) => (query.queryKey[0] === 'session' ? undefined : ended(error)) }),
  mutationCache: new MutationCache({
    onError: (error, _, __, mutation) => (mutation.options.mutationKey?.[0] === 'sign-in' ? undefined : ended(error)),
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: true,
      retry: (count, error) => !(error instanceof ApiError && error.status >= 400 && error.status < 500) && count < 2,
    },
  },
});

confirmBy(confirmByPasskey);

const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
}
