/** What carries HTTP requests under the SDK: the network, or a tape. */
export interface Transport {
  handle(request: HttpRequest): Promise<{ response: { statusCode: number; headers: Record<string, string>; body: unknown } }>;
}

/** The part of the SDK's request that a transport reads. */
export interface HttpRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: { readonly [name: string]: string | readonly string[] | null };
  readonly headers: { readonly [name: string]: string };
  readonly body?: unknown;
}
