/** What a line of a database's log says, in words that all engines share; what it does not say is left out. */
export interface DatabaseLine {
  readonly engine: 'postgres' | 'mysql' | 'sqlserver' | 'oracle';
  /** `connect` is a connection without a word on who it is; `error` a refusal or failure that is no failed sign-in. */
  readonly event: 'connect' | 'disconnect' | 'login' | 'failed-login' | 'query' | 'error';
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly user?: string;
  readonly database?: string;
  /** Address or name of the client. */
  readonly host?: string;
  readonly statement?: string;
  /** The engine's own code or class: 1045, FATAL, WRITE. */
  readonly code?: string;
  /** The engine's words, where there is no statement. */
  readonly message?: string;
}

/** Undefined for a line of another log; null for one that says nothing of who does what; a text for one that is broken. */
export type ReadDatabaseLine = (line: string) => DatabaseLine | string | null | undefined;

/** The members that are there. */
export function said<T extends { readonly [name: string]: string }>(members: T): { readonly [name in keyof T]?: string } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== '')) as { readonly [name in keyof T]?: string };
}
