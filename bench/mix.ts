import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { rulesFor } from '../src/app/wire/detect.ts';
import { ruleSet } from '../src/core/detect/rule-set.ts';
import type { JsonObject } from '../src/core/model/json.ts';
import type { Expr } from '../src/core/model/rule.ts';

/**
 * How much a set of rules has to do with these logs: `candidates` are events whose call some rule names, `hits` are
 * matches. The logs' objects must be whole.
 */
export async function mixOf(
  folder: string,
  rulesFolder: string,
): Promise<{ readonly events: number; readonly candidates: number; readonly hits: number }> {
  const { rules } = await rulesFor({ rules: [rulesFolder], builtin: false });
  const asked = ruleSet(rules).bySource.get('aws.cloudtrail');
  if (asked === undefined) throw new Error('no rule asks CloudTrail');
  const named = new Map<string, boolean>();
  const matched: number[] = [];
  let events = 0;
  let candidates = 0;
  let hits = 0;
  for (const file of readdirSync(folder)) {
    const { Records } = JSON.parse(gunzipSync(readFileSync(join(folder, file))).toString()) as { readonly Records: readonly JsonObject[] };
    for (const record of Records) {
      events++;
      const [source, name] = [String(record['eventSource']), String(record['eventName'])];
      const call = `${source} ${name}`;
      let isNamed = named.get(call);
      if (isNamed === undefined) {
        isNamed = asked.events.some((rule) => names(rule.when, source, name) === true);
        named.set(call, isNamed);
      }
      if (isNamed) candidates++;
      hits += asked.matcher.match(record, matched);
      matched.length = 0;
    }
  }
  return { events, candidates, hits };
}

/** Does the condition name this call? Null where it says nothing about calls. */
function names(expr: Expr, source: string, name: string): boolean | null {
  if (expr.op === 'field' && (expr.path === 'eventSource' || expr.path === 'eventName')) {
    const value = (expr.path === 'eventSource' ? source : name).toLowerCase();
    if (expr.test.is === 'equals') return value === expr.test.text;
    return expr.test.is === 'startswith' ? value.startsWith(expr.test.text) : null;
  }
  if (expr.op !== 'and' && expr.op !== 'or') return null;
  const answers = expr.of.map((part) => names(part, source, name)).filter((answer) => answer !== null);
  if (answers.length === 0) return null;
  return expr.op === 'and' ? answers.every(Boolean) : answers.some(Boolean);
}
