import type { ProposedAction } from '../api/generated/client.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { Visible } from './visible.tsx';

/** Asks once more before an action is started: what may stop working, and who else must agree. */
export function StartDialog({
  option,
  title,
  yes,
  start,
  onClose,
}: {
  readonly option: ProposedAction;
  /** Without its question mark. */
  readonly title: string;
  /** What the button says, where it is no dry run. */
  readonly yes: string;
  readonly start: { readonly isPending: boolean; readonly error: Error | null; mutate(): void };
  readonly onClose: () => void;
}) {
  return (
    <ConfirmDialog
      title={`${title}?`}
      yes={option.mode === 'dry-run' ? 'Try it' : yes}
      tone="main"
      pending={start.isPending}
      error={start.error?.message ?? null}
      onYes={() => start.mutate()}
      onClose={onClose}
    >
      <p>
        <b>What may stop working: </b>
        <Visible text={option.blastRadius} />
      </p>
      <p>
        {option.approvals > 1
          ? 'Two persons must agree: you approve it now, and it waits on the home page for another.'
          : 'It starts at once, as your action, with what it changes kept for an undo.'}
      </p>
    </ConfirmDialog>
  );
}
