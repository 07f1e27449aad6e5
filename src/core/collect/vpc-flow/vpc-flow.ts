import type { Json, JsonObject } from '../../model/json.ts';
import { layoutOf } from '../layout.ts';
import type { JsonFormat, LineFormat } from '../log-format.ts';
import { rememberSifts } from '../sifters.ts';
import { defaultFields, knownFields, textName } from './fields.ts';
import { flowEvent } from './flow-event.ts';
import { flowSifter } from './flow-sifter.ts';

const fieldName = /^[a-z][a-z0-9-]{1,40}$/;
/** A line of the default format: `2 111122223333 eni-0a1b 10.0.0.5 198.51.100.7 22 51234 6 20 4249 1418530010 1418530070 ACCEPT OK`. */
const defaultLine =
  /^2 (?:\d{12}|unknown) eni-[0-9a-f]{8,17} (?:[0-9A-Fa-f.:]+ [0-9A-Fa-f.:]+ (?:\d+ ){5}\d+ \d+ (?:ACCEPT|REJECT) OK|(?:- ){7}\d+ \d+ - (?:NODATA|SKIPDATA))$/;

const siftOf = rememberSifts((header, sieve, open) => flowSifter(header.split(' '), sieve, open));

/** Flow logs of VPCs and transit gateways as text: with a header in S3; from CloudWatch Logs without, then in the default format. */
export const vpcFlowLines: LineFormat = {
  source: 'aws.vpc-flow',
  recognises: (line) => isHeader(line) || defaultLine.test(line),
  isHeader,
  open(header, from) {
    const fields = header === null ? defaultFields : header.split(' ');
    const layout = layoutOf(from);
    return (line) => {
      const values = line.split(' ');
      if (values.length !== fields.length) return `${values.length} fields where there should be ${fields.length}`;
      return flowEvent(recordOf(fields, values), layout);
    };
  },
  sift: (header, sieve, open) => siftOf(header ?? defaultFields.join(' '), sieve, open),
};

/** Rows of Parquet files, whose columns have underscores, and flow logs that somebody has turned into JSON. */
export const vpcFlowRows: JsonFormat = {
  source: 'aws.vpc-flow',
  recognises: (record) =>
    (has(record, 'start') || has(record, 'end')) &&
    (has(record, 'interface-id') ||
      has(record, 'tgw-id') ||
      has(record, 'log-status') ||
      (has(record, 'srcaddr') && has(record, 'dstaddr'))),
  event(record, from) {
    const raw: Record<string, Json> = {};
    for (const [column, value] of Object.entries(record)) {
      if (value === null || value === '-' || value === '') continue;
      if (typeof value === 'object') return `${column} is no plain value`;
      // As text, so that the same flow is the same event in both forms.
      raw[textName(column)] = String(value);
    }
    return flowEvent(raw, layoutOf(from));
  },
};

function has(record: JsonObject, name: string): boolean {
  return record[name] !== undefined || (name.includes('-') && record[name.replaceAll('-', '_')] !== undefined);
}

/** Names of columns, most of them known: AWS adds new ones. */
function isHeader(line: string): boolean {
  const c = line.charCodeAt(0);
  // Most lines begin with a number.
  if (c < 97 || c > 122) return false;
  const names = line.split(' ');
  if (names.length < 3 || !names.every((name) => fieldName.test(name))) return false;
  return 2 * names.filter((name) => knownFields.has(name)).length > names.length && new Set(names).size === names.length;
}

function recordOf(fields: readonly string[], values: readonly string[]): JsonObject {
  const raw: Record<string, Json> = {};
  for (let i = 0; i < fields.length; i++) {
    const value = values[i] ?? '-';
    if (value !== '-') raw[fields[i] ?? ''] = value;
  }
  return raw;
}
