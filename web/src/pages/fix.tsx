import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type FixView, readFix, startFix } from '../api/generated/client.ts';
import { announce } from '../lib/announce.tsx';
import { ActionOption } from '../parts/action-option.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Section } from '../parts/section.tsx';
import { SeverityMark } from '../parts/severity-mark.tsx';
import { StartDialog } from '../parts/start-dialog.tsx';
import { StateChip } from '../parts/state-chip.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

/** Something insecure of the person's own: what a playbook would do about it, and the button that starts it. */
export function FixPage({ id }: { readonly id: string }) {
  const query = useQuery({ queryKey: ['fixes', id], queryFn: () => readFix(id), refetchInterval: 5_000 });
  return <Loaded query={query}>{(fix) => <Own fix={fix} />}</Loaded>;
}

function Own({ fix: { id, person, state, since, finding, fixes, actions } }: { readonly fix: FixView }) {
  return (
    <Page
      title={finding.title}
      heading={<Visible text={finding.title} />}
      lead={
        <>
          <p>
            <Visible text={finding.message} />
          </p>
          <p className="quiet small">
            <SeverityMark severity={finding.severity} /> in account {finding.account}, {finding.region}. <Visible text={person} /> was told{' '}
            <When at={since} />
            {state === 'told' ? '' : state === 'mended' ? '; it is over' : ' and again since'}.
          </p>
        </>
      }
    >
      <p className="prose">
        <Visible text={finding.description} />
      </p>
      {actions.map((action) => (
        <p key={action.id} className="notice" role="status">
          <strong>{action.title}</strong> <StateChip state={action.state} /> <Visible text={action.reason} />
        </p>
      ))}
      {fixes.map((one) => (
        <Mend key={one.id} item={id} revision={finding.revision} fix={one} />
      ))}
      {fixes.length > 0 || actions.length > 0 || state === 'mended' ? null : (
        <p className="notice">No playbook mends this for you here: change it where it is set up, and it is over at the next reading.</p>
      )}
    </Page>
  );
}

function Mend({
  item,
  revision,
  fix: { id, title, option, steps },
}: {
  readonly item: string;
  readonly revision: string;
  readonly fix: FixView['fixes'][number];
}) {
  const [open, setOpen] = useState(false);
  const client = useQueryClient();
  const start = useMutation({
    mutationFn: () => startFix(item, { action: id, revision }),
    onSuccess: () => {
      announce('Started.');
      setOpen(false);
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['fixes'] }),
  });
  const isRehearsal = option.mode === 'dry-run';
  return (
    <Section title="What can be done now">
      <div className="possible">
        <ActionOption option={option} title={title}>
          <ol className="small">
            {steps.map((step) => (
              <li key={step}>
                <Visible text={step} />
              </li>
            ))}
          </ol>
        </ActionOption>
        <button type="button" className="button button-main" onClick={() => setOpen(true)}>
          {isRehearsal ? 'Try it as a dry run' : 'Mend it'}
        </button>
      </div>
      {open ? <StartDialog option={option} title={title} yes="Mend it" start={start} onClose={() => setOpen(false)} /> : null}
    </Section>
  );
}
