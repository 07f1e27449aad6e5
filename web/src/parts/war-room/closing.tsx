import type { DeclaredView } from '../../api/generated/client.ts';
import { Section } from '../section.tsx';
import { Visible } from '../visible.tsx';
import { Ended } from './ended.tsx';
import { WishButton } from './wish-button.tsx';

/** What is to be reached, and what has to be so before the commander signs. */
export function Closing({ view, isCommander }: { readonly view: DeclaredView; readonly isCommander: boolean }) {
  const { incident, conditions } = view;
  const { id, objectives, contained, version } = incident;
  const isOpen = incident.state === 'open';
  const may = isOpen && isCommander;
  return (
    <div className="columns">
      <Section title="Objectives">
        <ul className="plain tasks">
          {objectives.map((one) => (
            <li key={one.id}>
              <span className="task-id mono">{one.id}</span>
              <div className={one.state === 'open' ? undefined : 'quiet'}>
                <Visible text={one.text} />
                <Ended how={one.state === 'reached' ? 'reached, says' : 'given up, says'} ended={one.ended} />
              </div>
              {may && one.state === 'open' ? (
                <div className="task-do">
                  <WishButton
                    id={id}
                    label="Reached"
                    name={`Reached: ${one.text}`}
                    said="The objective is reached."
                    wish={(note) => ({ do: 'reach', objective: one.id, note })}
                    ask={{ title: 'How is that known?', field: 'For the review', optional: true }}
                  />
                  <WishButton
                    id={id}
                    label="Give up"
                    name={`Give up: ${one.text}`}
                    said="The objective is given up."
                    wish={(note) => ({ do: 'give-up', objective: one.id, note })}
                    ask={{ title: 'Why is it given up?', field: 'Why' }}
                  />
                </div>
              ) : null}
            </li>
          ))}
        </ul>
        {may ? (
          <div className="buttons">
            <WishButton
              id={id}
              label="Add an objective"
              said="The objective is set."
              wish={(text) => ({ do: 'aim', text })}
              ask={{ title: 'What is to be reached?', field: 'So that one can tell whether it is' }}
            />
          </div>
        ) : null}
      </Section>
      <Section title={isOpen ? 'Before it is closed' : 'How it was closed'}>
        {incident.closed === null ? null : (
          <p>
            <Visible text={incident.closed.by} /> signed: <Visible text={incident.closed.note} />
          </p>
        )}
        <ul className="plain conditions">
          {conditions.map(({ id: condition, met, says }) => (
            <li key={condition} className={met ? 'condition condition-met' : 'condition'}>
              <span aria-hidden="true">{met ? '✓' : '·'}</span>
              <span className="unseen">{met ? 'So it is: ' : 'Not yet: '}</span>
              <Visible text={says} />
            </li>
          ))}
        </ul>
        {may ? (
          <div className="buttons">
            {contained === null ? (
              <WishButton
                id={id}
                label="It is contained"
                said="It is contained."
                wish={(note) => ({ do: 'contain', note })}
                ask={{ title: 'Is it contained?', field: 'How is that known', optional: true }}
              />
            ) : (
              <WishButton
                id={id}
                label="It is not contained any more"
                said="It is not contained."
                wish={(note) => ({ do: 'uncontain', note })}
                ask={{ title: 'What has happened?', field: 'Why', tone: 'danger' }}
              />
            )}
            {conditions.every(({ met }) => met) ? (
              <WishButton
                id={id}
                label="Close and sign"
                said="It is closed."
                wish={(note) => ({ do: 'close', note, of: version })}
                ask={{
                  title: 'Close this incident?',
                  field: 'Why it is over: that is what you sign',
                  more: (
                    <p>You sign what stands here, up to event {version}. The load of questions counts again, and drills are possible.</p>
                  ),
                }}
              />
            ) : null}
          </div>
        ) : null}
      </Section>
    </div>
  );
}
