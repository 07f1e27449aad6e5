/** A fault of the automation: `channel/chat`, with when it began, in milliseconds since 1970. */
export interface FaultSince {
  readonly id: string;
  readonly since: number;
}

/** What begins within so long is told with what began first. */
const togetherMs = 15 * 60_000;

/** What usually fails together, and so is told as one: what goes out from here, and the roles in the accounts. All else is a cause of its own. */
export function causeOf(fault: string): string {
  if (fault.startsWith('channel/') || fault.startsWith('heartbeat/')) return 'ways-out';
  return fault.startsWith('role/') ? 'roles' : fault;
}

/**
 * Of one cause, is there a fault that is worth another call: that was not there when somebody took it, and began long after what was told
 * at `since`?
 */
export function tellsMore(known: readonly string[], faults: readonly FaultSince[], since: number): boolean {
  return faults.some((fault) => !known.includes(fault.id) && fault.since >= since + togetherMs);
}
