import { range } from '../src/app/wire/range.ts';
import { rangeInput } from '../tools/range-input.ts';

/**
 * Logs of the simulated organisation, as `jobzero range --accounts 20 --days 14 --seed 77 --chaos` writes them: people, machines,
 * attacks, and what is benign and looks bad. More days than rules learn from, so that state is as large as it gets.
 */
export async function writeRangeLogs(folder: string, events: number): Promise<{ readonly objects: number; readonly events: number }> {
  const { objects, events: written } = await range(
    rangeInput({
      out: folder,
      accounts: 20,
      events,
      days: 14,
      seed: 77,
      chaos: true,
      onFault: (message) => {
        throw new Error(message);
      },
    }),
  );
  return { objects, events: written };
}
