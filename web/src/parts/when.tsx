import { moment } from '../lib/time.ts';
import { useNow } from '../lib/use-now.ts';

/** A moment: local time on the screen, UTC on hover and for machines. */
export function When({ at }: { readonly at: number }) {
  const now = useNow();
  const iso = new Date(at).toISOString();
  return (
    <time dateTime={iso} title={iso} className="tabular nowrap">
      {moment(at, now)}
    </time>
  );
}
