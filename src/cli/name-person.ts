import { namedOnCommandLine } from '../app/console/sign-in-leaf.ts';
import type { Wires } from '../app/wires.ts';

/** The wires of a command that names a person: the first work in the state is a leaf that says so, whoever's terminal it is. */
export function namePerson(wires: Wires, named: { readonly who: string; readonly by: string; readonly command: string }): Wires {
  let isSaid = false;
  return {
    ...wires,
    withConsole: (work) =>
      wires.withConsole(async (deps) => {
        if (!isSaid) await namedOnCommandLine(deps, named);
        isSaid = true;
        return work(deps);
      }),
  };
}
