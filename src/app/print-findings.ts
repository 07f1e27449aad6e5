import { toAsff } from '../core/findings/export/asff.ts';
import { toOcsf } from '../core/findings/export/ocsf.ts';
import { toOcsfIncident } from '../core/findings/export/ocsf-incident.ts';
import { sarifPrinter } from '../core/findings/export/sarif.ts';
import { canonicalJson } from '../core/lib/canonical-json.ts';
import type { Finding, FindingState } from '../core/model/finding.ts';
import type { Incident } from '../core/model/incident.ts';

export const exportFormats = ['ocsf', 'asff', 'sarif'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Prints findings one after the other, holding none: the text is `begin`, one `one` for each finding, and `end`. */
export interface FindingPrinter {
  begin(): string;
  one(finding: Finding, state?: FindingState): string;
  end(): string;
}

/** An incident as one line of NDJSON: OCSF Incident Finding. */
export function incidentLine(incident: Incident): string {
  return `${canonicalJson(toOcsfIncident(incident))}\n`;
}

/** `ocsf` is one event a line (NDJSON); `asff` the list that BatchImportFindings takes; `sarif` one log. */
export function findingPrinter(format: ExportFormat): FindingPrinter {
  switch (format) {
    case 'ocsf':
      return { begin: () => '', one: (finding, state) => `${canonicalJson(toOcsf(finding, state))}\n`, end: () => '' };
    case 'asff': {
      let first = true;
      return {
        begin: () => '[\n',
        one(finding, state) {
          const text = (first ? '' : ',\n') + canonicalJson(toAsff(finding, state));
          first = false;
          return text;
        },
        end: () => (first ? ']\n' : '\n]\n'),
      };
    }
    case 'sarif':
      return sarifPrinter();
    default:
      return format satisfies never;
  }
}
