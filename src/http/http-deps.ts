import type { ConsoleDeps } from '../app/console/console-deps.ts';

/** What the HTTP door needs. */
export interface HttpDeps extends ConsoleDeps {
  /** The built console (`web/dist`); null serves the API alone. */
  readonly webFolder: string | null;
  /** Host names besides 127.0.0.1, localhost and [::1] by which it may be called, in lower case. */
  readonly hosts?: readonly string[];
  /** Hears of what nobody expected: a fixed message and a context without any content. */
  readonly log: (message: string, context: { readonly [key: string]: string }) => void;
}
