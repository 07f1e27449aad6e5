/** The API answered with a problem, or not at all (`status` 0). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly stepUp: StepUp | null;

  constructor(status: number, code: string, message: string, stepUp: StepUp | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.stepUp = stepUp;
  }
}

interface Options {
  readonly query?: { readonly [name: string]: string | number | undefined };
  readonly body?: unknown;
}

/** One thing that a passkey is to confirm: the server says which. */
export interface StepUp {
  readonly action: string;
  readonly subject: string;
}

let confirm: ((what: StepUp) => Promise<void>) | null = null;

/** Says who asks the person's passkey when the server wants it confirmed. */
export function confirmBy(how: (what: StepUp) => Promise<void>): void {
  confirm = how;
}

/**
 * Calls the API. The session is in a cookie that scripts cannot read. What has to be confirmed by a passkey is confirmed and called
 * again, once. Throws ApiError.
 */
export async function request<T>(method: string, path: string, options: Options): Promise<T> {
  try {
    return await call<T>(method, path, options);
  } catch (error) {
    if (confirm === null || !(error instanceof ApiError) || error.stepUp === null) throw error;
    await confirm(error.stepUp);
    return call<T>(method, path, options);
  }
}

async function call<T>(method: string, path: string, { query, body }: Options): Promise<T> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) search.set(name, String(value));
  const address = search.size === 0 ? path : `${path}?${search.toString()}`;
  let response: Response;
  try {
    response = await fetch(address, {
      method,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(0, 'unreachable', 'jobzero does not answer. Is it still running?');
  }
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer as T;
  throw new ApiError(
    response.status,
    textOf(answer, 'error') ?? 'unreadable',
    textOf(answer, 'message') ?? `The answer was ${response.status}.`,
    stepUpIn(answer),
  );
}

function stepUpIn(answer: unknown): StepUp | null {
  const what = answer !== null && typeof answer === 'object' ? (answer as Record<string, unknown>)['stepUp'] : null;
  return what !== null && typeof what === 'object' ? (what as StepUp) : null;
}

function textOf(value: unknown, name: string): string | null {
  if (value === null || typeof value !== 'object') return null;
  const text = (value as Record<string, unknown>)[name];
  return typeof text === 'string' ? text : null;
}
