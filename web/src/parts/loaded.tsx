import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

/** What a question to the API looks like while it has no answer, and when it failed. */
export function Loaded<T>({ query, children }: { readonly query: UseQueryResult<T>; readonly children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return children(query.data);
  if (query.error !== null) {
    return (
      <div className="notice notice-trouble" role="alert">
        <p>{query.error.message}</p>
        <button type="button" className="button" onClick={() => void query.refetch()}>
          Try again
        </button>
      </div>
    );
  }
  return (
    <p className="loading" aria-busy="true">
      Reading…
    </p>
  );
}
