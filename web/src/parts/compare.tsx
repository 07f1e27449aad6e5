import { flatten } from '../lib/flatten.ts';
import { Visible } from './visible.tsx';

interface Column {
  readonly name: string;
  readonly value: unknown;
}

/** JSON values side by side, one line a leaf. Lines that differ are marked; those that are equal are folded away. */
export function Compare({ columns, caption }: { readonly columns: readonly Column[]; readonly caption: string }) {
  const leaves = columns.map((column) => flatten(column.value));
  const paths = [...new Set(leaves.flatMap((each) => [...each.keys()]))];
  const rows = paths.map((path) => {
    const texts = leaves.map((each) => each.get(path));
    return { path, texts, differs: new Set(texts).size > 1 };
  });
  const changed = rows.filter((row) => row.differs);
  const same = rows.length - changed.length;
  const named = changed.some((row) => row.path !== '');
  if (changed.length === 0) return <p className="quiet">Nothing differs.</p>;
  return (
    <div className="scroll">
      <table className="compare">
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            <th scope="col" className={named ? undefined : 'bare'}>
              {named ? 'Field' : <span className="unseen">Field</span>}
            </th>
            {columns.map((column) => (
              <th key={column.name} scope="col">
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {changed.map((row) => (
            <tr key={row.path}>
              <th scope="row" className={named ? undefined : 'bare'}>
                {row.path === '' ? <span className="unseen">The value</span> : <Visible text={row.path} mono />}
              </th>
              {columns.map((column, index) => (
                <td key={column.name} data-label={column.name}>
                  {row.texts[index] === undefined ? <span className="quiet">absent</span> : <Visible text={row.texts[index]} mono />}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {same === 0 ? null : <p className="quiet small">{same === 1 ? 'One more field is' : `${same} more fields are`} the same.</p>}
    </div>
  );
}
