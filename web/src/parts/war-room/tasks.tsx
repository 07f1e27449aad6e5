import type { DeclaredView } from '../../api/generated/client.ts';
import { Section } from '../section.tsx';
import { Visible } from '../visible.tsx';
import { Ended } from './ended.tsx';
import { OneLine } from './one-line.tsx';
import { WayTo } from './way-to.tsx';
import { WishButton } from './wish-button.tsx';

/** Who does what: open tasks first, and those that follow from the timeline below. */
export function Tasks({ view, who, isOpen }: { readonly view: DeclaredView; readonly who: string; readonly isOpen: boolean }) {
  const { id, tasks, commander } = view.incident;
  const open = tasks.filter(({ state }) => state === 'open');
  const over = tasks.filter(({ state }) => state !== 'open');
  return (
    <Section title="Tasks" aside={<span className="quiet tabular">{open.length} open</span>}>
      {tasks.length === 0 ? <p className="quiet">Nobody has a task yet.</p> : null}
      <ul className="plain tasks">
        {open.map((task) => (
          <li key={task.id}>
            <span className="task-id mono">{task.id}</span>
            <div>
              <WayTo path={task.path} text={task.text} />
              <small className={task.claimer === null ? 'quiet' : undefined}>
                {task.claimer === null ? 'nobody has it' : <Visible text={task.claimer} />}
              </small>
            </div>
            {isOpen ? (
              <div className="task-do">
                {task.claimer === null ? (
                  <WishButton
                    id={id}
                    label="I do it"
                    name={`I do it: ${task.text}`}
                    said="It is yours."
                    wish={() => ({ do: 'claim', task: task.id })}
                  />
                ) : null}
                {task.claimer === null || task.claimer === who || commander === who ? (
                  <WishButton
                    id={id}
                    label="Done"
                    name={`Done: ${task.text}`}
                    said="The task is done."
                    wish={(note) => ({ do: 'finish', task: task.id, note })}
                    ask={{ title: 'What came of it?', field: 'For the others, and for the review', optional: true }}
                  />
                ) : null}
                {task.claimer !== null && (task.claimer === who || commander === who) ? (
                  <WishButton
                    id={id}
                    label="Let go"
                    name={`Let go: ${task.text}`}
                    said="Nobody has it."
                    wish={() => ({ do: 'release', task: task.id })}
                  />
                ) : null}
                {task.claimer === null || task.claimer === who || commander === who ? (
                  <WishButton
                    id={id}
                    label="Drop"
                    name={`Drop: ${task.text}`}
                    said="The task is dropped."
                    wish={(note) => ({ do: 'drop', task: task.id, note })}
                    ask={{ title: 'Why is it not needed?', field: 'Why' }}
                  />
                ) : null}
              </div>
            ) : null}
          </li>
        ))}
      </ul>
      {isOpen ? <AddTask id={id} /> : null}
      {isOpen && view.drafts.length > 0 ? (
        <details>
          <summary>
            {view.drafts.length === 1 ? 'One more follows' : `${view.drafts.length} more follow`} from the timeline and the playbooks
          </summary>
          <ul className="plain tasks">
            {view.drafts.map((draft) => (
              <li key={draft.draft}>
                <div>
                  <Visible text={draft.text} />
                  <small>
                    <Visible text={draft.because} />
                  </small>
                </div>
                <div className="task-do">
                  <WishButton
                    id={id}
                    label="Add"
                    name={`Add: ${draft.text}`}
                    said="The task is added."
                    wish={() => ({ do: 'add-task', text: draft.text, draft: draft.draft, path: draft.path })}
                  />
                </div>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      {over.length === 0 ? null : (
        <details>
          <summary>{over.length === 1 ? 'One is over' : `${over.length} are over`}</summary>
          <ul className="plain tasks">
            {over.map((task) => (
              <li key={task.id}>
                <span className="task-id mono">{task.id}</span>
                <div className="quiet">
                  <Visible text={task.text} />
                  <Ended how={task.state === 'done' ? 'done by' : 'dropped by'} ended={task.ended} />
                </div>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Section>
  );
}

function AddTask({ id }: { readonly id: string }) {
  return (
    <OneLine
      id={id}
      label="What is to be done"
      placeholder="What is to be done"
      yes="Add"
      said="The task is added."
      wish={(text) => ({ do: 'add-task', text, draft: null, path: null })}
    />
  );
}
