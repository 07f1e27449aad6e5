/** The API answered with a problem, or not at all (`status` 0). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

interface Options {
  readonly query?: { readonly [name: string]: string | number | undefined };
  readonly body?: unknown;
}

/** Calls the API. The session is in a cookie that scripts cannot read. Throws ApiError. */
export async function request<T>(method: string, path: string, { query, body }: Options): Promise<T> {
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
  );
}

function textOf(value: unknown, name: string): string | null {
  if (value === null || typeof value !== 'object') return null;
  const text = (value as Record<string, unknown>)[name];
  return typeof text === 'string' ? text : null;
}
