import type { RiskRow } from '../api/generated/client.ts';

/** Upper ends of the bands, of the impact from the top down. */
const likelihoods = [2, 4, 6, 8, 10] as const;
const impacts = [100, 80, 60, 40, 20] as const;

/** How many risks are how likely and how bad. Each cell's ground says how much it is at most; the list below says which they are. */
export function RiskMatrix({ risks }: { readonly risks: readonly RiskRow[] }) {
  return (
    <table className="matrix">
      <caption>Risks by likelihood and impact</caption>
      <tbody>
        {impacts.map((impact) => (
          <tr key={impact}>
            <th scope="row">
              <span className="unseen">impact </span>
              {impact - 19}–{impact}
            </th>
            {likelihoods.map((likelihood) => {
              const n = risks.filter((risk) => isIn(risk, likelihood, impact)).length;
              return (
                <td key={likelihood} data-grade={gradeOf(likelihood * impact)} className={n === 0 ? 'matrix-none' : 'tabular'}>
                  {n === 0 ? <span className="unseen">none</span> : n}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="col">
            impact <span aria-hidden="true">↑</span>
          </th>
          {likelihoods.map((likelihood) => (
            <th key={likelihood} scope="col">
              <span className="unseen">likelihood </span>
              {likelihood === 2 ? 0 : likelihood - 1}–{likelihood}
            </th>
          ))}
        </tr>
        <tr>
          <th />
          <td colSpan={likelihoods.length} className="matrix-axis">
            likelihood <span aria-hidden="true">→</span>
          </td>
        </tr>
      </tfoot>
    </table>
  );
}

function isIn({ likelihood, impact }: RiskRow, toLikelihood: number, toImpact: number): boolean {
  return (
    likelihood <= toLikelihood && likelihood > (toLikelihood === 2 ? -1 : toLikelihood - 2) && impact <= toImpact && impact > toImpact - 20
  );
}

function gradeOf(most: number): number {
  return most >= 640 ? 4 : most >= 360 ? 3 : most >= 160 ? 2 : 1;
}
