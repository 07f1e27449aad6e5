import { cloudTrail } from './cloudtrail/cloudtrail-event.ts';
import { controlPlaneLines } from './eks-audit/control-plane-lines.ts';
import { eksAudit } from './eks-audit/eks-audit-event.ts';
import type { JsonFormat, LineFormat } from './log-format.ts';

/** Every JSON log, the commonest first: a record goes to the first that recognises it. */
export const jsonFormats: readonly JsonFormat[] = [cloudTrail, eksAudit];

/** Every log of lines, in the order in which they are asked. */
export const lineFormats: readonly LineFormat[] = [controlPlaneLines];
