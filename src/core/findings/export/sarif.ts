import { canonicalJson } from '../../lib/canonical-json.ts';
import { clip } from '../../lib/clip.ts';
import type { Finding, RuleRef } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import { type Severity, severityIds } from '../../model/severity.ts';
import { isoTime } from './iso-time.ts';

const levels: { readonly [S in Severity]: 'error' | 'warning' | 'note' } = {
  Critical: 'error',
  High: 'error',
  Medium: 'warning',
  Low: 'note',
  Informational: 'note',
};

/** The middle of the CVSS band of the same name, which readers of `security-severity` sort by. */
const scores: { readonly [S in Severity]: string } = { Critical: '9.5', High: '8.0', Medium: '5.5', Low: '2.0', Informational: '0.0' };

/** A log of SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/) with all findings and the rules they name. */
export function toSarif(findings: Iterable<Finding>): JsonObject {
  const printer = sarifPrinter();
  let text = printer.begin();
  for (const finding of findings) text += printer.one(finding);
  return JSON.parse(text + printer.end());
}

/**
 * The same log in pieces, so that findings need not be held: in canonical key order a run's `results` come before its
 * `tool`, where the rules stand. Only the rules are remembered.
 */
export function sarifPrinter(): { begin(): string; one(finding: Finding): string; end(): string } {
  const rules = new Map<string, { readonly rule: RuleRef; severity: Severity }>();
  let first = true;
  return {
    begin: () => '{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","runs":[{"columnKind":"utf16CodeUnits","results":[\n',
    one(finding) {
      const known = rules.get(finding.rule.id);
      // One rule may find with several severities; the worst stands for it.
      if (known === undefined) rules.set(finding.rule.id, { rule: finding.rule, severity: finding.severity });
      else if (severityIds[finding.severity] > severityIds[known.severity]) known.severity = finding.severity;
      const text = (first ? '' : ',\n') + canonicalJson(sarifResult(finding));
      first = false;
      return text;
    },
    end() {
      const sorted = [...rules.keys()].sort();
      const list = sorted.flatMap((id) => {
        const entry = rules.get(id);
        return entry === undefined ? [] : [sarifRule(entry.rule, entry.severity)];
      });
      return `${first ? '' : '\n'}],"tool":${canonicalJson({ driver: { name: 'jobzero', rules: list } })}}],"version":"2.1.0"}\n`;
    },
  };
}

function sarifRule(rule: RuleRef, severity: Severity): JsonObject {
  return {
    defaultConfiguration: { level: levels[severity] },
    fullDescription: { text: line(rule.description === '' ? rule.title : rule.description) },
    id: line(rule.id),
    properties: { 'security-severity': scores[severity], tags: ['security', ...rule.techniques, ...rule.tactics].map(line) },
    shortDescription: { text: line(rule.title) },
  };
}

/** Resources are logical locations: a finding is about an account, and no file of the reader's is at fault. */
function sarifResult(finding: Finding): JsonObject {
  return {
    level: levels[finding.severity],
    locations: finding.resources.map((resource) => ({
      logicalLocations: [{ fullyQualifiedName: line(resource.uid), kind: 'resource', name: line(resource.name) }],
    })),
    message: { text: line(finding.message) },
    partialFingerprints: { 'jobzero/id': finding.id },
    properties: {
      account: line(finding.account),
      count: finding.count.n,
      events: finding.evidence.map(({ id }) => line(id)),
      firstTime: isoTime(finding.firstTime),
      lastTime: isoTime(finding.lastTime),
      region: line(finding.region),
      revision: finding.revision,
      'security-severity': scores[finding.severity],
    },
    ruleId: line(finding.rule.id),
  };
}

const line = (text: string): string => clip(text, 8192);
