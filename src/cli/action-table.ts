import type { ActionView } from '../app/console/action-view.ts';
import type { Io } from './io.ts';
import { printable } from './printable.ts';
import { shortId } from './show.ts';
import { table } from './table.ts';

/** The actions of a finding or an incident. */
export function actionTable({ out: { colours, columns } }: Io, actions: readonly ActionView[]): string {
  return table(
    [{ title: 'ACTION' }, { title: 'STATE' }, { title: 'BY' }, { title: 'WHAT', flexible: true }],
    actions.map(({ action, title }) => [
      { text: shortId(action.id) },
      { text: action.state },
      { text: printable(action.by) },
      { text: printable(`${title}: ${action.target.uid}`) },
    ]),
    columns,
    colours.dim,
  );
}
