import type { ReactNode } from 'react';
import type { ProposedAction } from '../api/generated/client.ts';
import { Arn } from './arn.tsx';
import { Visible } from './visible.tsx';

/** What would be done to what, what may stop working, and the way back: the three that a person weighs. */
export function ActionOption({
  option,
  title,
  children,
}: {
  readonly option: ProposedAction;
  readonly title: string;
  readonly children?: ReactNode;
}) {
  return (
    <dl className="option">
      <div>
        <dt>What would be done</dt>
        <dd>
          <strong>
            <Visible text={title} />
          </strong>
          <Arn uid={option.target.uid} />
          {option.mode === 'dry-run' ? (
            <p className="small">As a dry run: the playbook is not armed in account {option.target.account}.</p>
          ) : null}
          {children}
        </dd>
      </div>
      <div>
        <dt>What may stop working</dt>
        <dd>
          <Visible text={option.blastRadius} />
        </dd>
      </div>
      <div>
        <dt>How it is taken back</dt>
        <dd>
          <Visible text={option.inverse} />
        </dd>
      </div>
    </dl>
  );
}
