import { severityIds } from '../../core/model/severity.ts';
import type { IngestedBatch } from '../ingest-batch.ts';
import type { UpEvent } from '../wires.ts';

const told = 3;

/** Tells of a batch what people want to hear: new findings of medium severity and above, and what could not be read. */
export function tellOfBatch({ changes, setAside, unread }: IngestedBatch, tell: (event: Omit<UpEvent, 'at'>) => void): void {
  for (const item of setAside.slice(0, told))
    tell({ event: 'trouble', says: `Set aside: ${item.place.object} at ${item.place.offset}: ${item.reason}` });
  for (const { object, reason } of unread.slice(0, told)) tell({ event: 'trouble', says: `Not read yet: ${object.name}: ${reason}` });
  for (const change of changes) {
    if (change.type === 'raised' && change.supersedes === null) {
      const { id, message, severity } = change.finding;
      if (severityIds[severity] >= severityIds.Medium) tell({ event: 'finding', says: message, finding: id, severity });
    }
  }
}
