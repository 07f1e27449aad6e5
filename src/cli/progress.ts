import type { OnProgress } from '../app/on-progress.ts';
import type { Sink } from './io.ts';

/**
 * A progress bar on standard error, on a terminal only; elsewhere nothing. `stop` leaves a clean line and must be
 * called before anything else is written.
 */
export async function progressBar(io: {
  readonly err: Pick<Sink, 'isTerminal'>;
}): Promise<{ readonly onProgress: OnProgress; readonly stop: () => void }> {
  if (!io.err.isTerminal) return { onProgress: () => {}, stop: () => {} };
  const { SingleBar, Presets } = (await import('cli-progress')).default;
  const bar = new SingleBar(
    {
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
      fps: 8,
      format: (options, params, payload: { readonly doing?: string }) => {
        const share = params.total > 0 ? Math.min(1, params.value / params.total) : 0;
        const room = 24;
        const full = Math.round(share * room);
        const drawn = `${(options.barCompleteString ?? '').slice(0, full)}${(options.barIncompleteString ?? '').slice(0, room - full)}`;
        const count = params.total > 0 ? `${params.value}/${params.total}` : `${params.value}`;
        return `${drawn} ${count} ${payload.doing ?? ''}`;
      },
    },
    Presets.shades_classic,
  );
  let started = false;
  let stopped = false;
  return {
    onProgress: ({ done, total, doing }) => {
      if (stopped) return;
      if (!started) bar.start(total ?? 0, done, { doing });
      started = true;
      if (total !== null) bar.setTotal(total);
      bar.update(done, { doing });
    },
    stop: () => {
      if (started && !stopped) bar.stop();
      stopped = true;
    },
  };
}
