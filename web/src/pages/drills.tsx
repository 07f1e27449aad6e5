import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { listDrills, startDrill } from '../api/generated/client.ts';
import { announce } from '../lib/announce.tsx';
import { Empty } from '../parts/empty.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

/** Exercises of the person who is signed in: those that were answered. Which of the waiting questions is one, nobody tells. */
export function DrillsPage() {
  const query = useQuery({ queryKey: ['drills'], queryFn: listDrills });
  const client = useQueryClient();
  const start = useMutation({
    mutationFn: () => startDrill({}),
    onSuccess: () => announce('A drill comes among your questions.'),
    onSettled: () => client.invalidateQueries(),
  });
  return (
    <Page
      title="Drills"
      lead={<p>A drill looks like a real question, comes in a few moments among them, and can do nothing. How you did is yours.</p>}
    >
      <div className="buttons after-card">
        <button type="button" className="button" disabled={start.isPending || start.isSuccess} onClick={() => start.mutate()}>
          {start.isSuccess ? 'It comes among your questions' : 'Give me a drill'}
        </button>
      </div>
      <Trouble error={start.error} />
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="You have answered none yet.">
              Drills, and cases of yours that came again in disguise, will be here once you answered them.
            </Empty>
          ) : (
            <table className="list stacks">
              <caption className="unseen">Exercises, the latest first</caption>
              <thead>
                <tr>
                  <th scope="col">Question</th>
                  <th scope="col">You said</th>
                  <th scope="col">What it was</th>
                  <th scope="col">Answered</th>
                </tr>
              </thead>
              <tbody>
                {items.map(({ id, question, opinion, reveal, answeredAt }) => (
                  <tr key={id}>
                    <td data-label="Question">
                      <Visible text={question} />
                    </td>
                    <td data-label="You said">
                      {opinion === null ? '–' : `${opinion.nature === 'benign' ? 'benign' : 'an attack'}, ${opinion.confidence} %`}
                    </td>
                    <td data-label="What it was">{reveal.says}</td>
                    <td data-label="Answered">
                      <When at={answeredAt} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
    </Page>
  );
}
