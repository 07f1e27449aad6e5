import { controls } from '../../../content/index.ts';

/** Ids of the controls whose failures let anybody in the world get to a resource. */
export async function exposingControls(): Promise<ReadonlySet<string>> {
  return new Set((await controls()).filter(({ exposes }) => exposes === true).map(({ id }) => id));
}
