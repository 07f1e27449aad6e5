export const findingFormats = ['table', 'ocsf', 'asff', 'sarif'] as const;
export type FindingFormat = (typeof findingFormats)[number];
export type PlainFormat = 'table' | 'json';
