import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../core/lib/canonical-json.ts';
import { sha256 } from '../core/lib/hash.ts';
import type { JsonObject } from '../core/model/json.ts';
import { engineLoader } from '../edge/engine/load-engine.ts';
import { engineVersion } from './generated/decide-bundle.ts';

/** An engine as it was committed once, and what it decided on arguments of its time. Never written again. */
interface GoldenEngine {
  /** SHA-256 of the bundle. */
  readonly version: string;
  readonly bundle: string;
  readonly cases: readonly {
    readonly name: string;
    readonly finding: JsonObject;
    readonly context: JsonObject;
    readonly tolerance: JsonObject;
    /** Canonical JSON, byte for byte. */
    readonly decision: string;
  }[];
}

const folder = join(import.meta.dirname, 'golden-engines');
const engines = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as GoldenEngine);

test('there are engines of several versions, and none is the one of now', () => {
  expect(new Set(engines.map(({ version }) => version)).size).toBeGreaterThanOrEqual(3);
  expect(engines.map(({ version }) => version)).not.toContain(engineVersion);
});

describe.each(engines)('engine $version', ({ version, bundle, cases }) => {
  test('is what it was', () => {
    expect(sha256(bundle)).toBe(version);
  });

  test.each(cases)('$name: decides the same bytes as then', ({ finding, context, tolerance, decision }) => {
    const decide = engineLoader().load(bundle);
    expect(decide(canonicalJson(finding), canonicalJson(context), canonicalJson(tolerance))).toBe(decision);
  });
});
