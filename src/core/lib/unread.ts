import type { Outcome, Resource } from '../model/resource.ts';

/** "Unknown", with the permission that was missing for this property; `action` is what reads it. */
export function unread(resource: Resource, property: string, action: string): Outcome {
  const named = Object.hasOwn(resource.unread, property) ? resource.unread[property] : undefined;
  return { status: 'Unknown', missing: named ?? action };
}
