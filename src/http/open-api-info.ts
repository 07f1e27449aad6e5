/** The head of the OpenAPI document. */
export const openApiInfo = {
  openapi: '3.1.0',
  info: {
    title: 'jobzero',
    version: '1',
    description: 'Findings, judgements, actions and the ledger. Times are milliseconds since 1970. Sign in with a one-time link.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
} as const;
