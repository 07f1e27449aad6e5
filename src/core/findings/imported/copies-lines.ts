import type { Report } from '../../model/report.ts';
import { type Copies, copiesOf, joinCopies } from './copies.ts';
import { importedId } from './imported-finding.ts';

/** Copies as a line of text: the id of the finding that they make, and JSON, which holds no line breaks. Lines sort as the ids. */
const idLength = 32;

export const idOfCopies = (line: string): string => line.slice(0, idLength);

export const readCopies = (line: string): Copies => JSON.parse(line.slice(idLength)) as Copies;

export function joinCopiesLines(a: string, b: string): string {
  return idOfCopies(a) + JSON.stringify(joinCopies(readCopies(a), readCopies(b)));
}

/** Joins reports by the finding that they are of; holds each finding once. */
export class CopiesById {
  private readonly byId = new Map<string, Copies>();
  private readonly tenant: string;

  constructor(tenant: string) {
    this.tenant = tenant;
  }

  get size(): number {
    return this.byId.size;
  }

  /** `at`: when AWS answered so; null for what was told by whoever could. */
  add(report: Report, at: number | null = null): void {
    const id = importedId(this.tenant, report);
    const known = this.byId.get(id);
    const one = copiesOf(report, at);
    this.byId.set(id, known === undefined ? one : joinCopies(known, one));
  }

  /** All, by id; nothing is held afterwards. */
  drain(): readonly (readonly [id: string, copies: Copies])[] {
    const all = [...this.byId].sort(([a], [b]) => (a < b ? -1 : 1));
    this.byId.clear();
    return all;
  }

  drainLines(): readonly string[] {
    return this.drain().map(([id, copies]) => id + JSON.stringify(copies));
  }
}
