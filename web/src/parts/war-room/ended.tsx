import type { Said } from '../../api/generated/client.ts';
import { Visible } from '../visible.tsx';

/** Who ended a task or an objective, and with what words. */
export function Ended({ how, ended }: { readonly how: string; readonly ended: Said | null }) {
  if (ended === null) return null;
  return (
    <small>
      {how} <Visible text={ended.by} />
      {ended.note === '' ? null : (
        <>
          : <Visible text={ended.note} />
        </>
      )}
    </small>
  );
}
