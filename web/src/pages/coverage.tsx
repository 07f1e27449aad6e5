import { useQuery } from '@tanstack/react-query';
import { readCoverage } from '../api/generated/client.ts';
import { Link } from '../lib/router.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { sourceNames } from '../parts/source-names.ts';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

export function CoveragePage() {
  const query = useQuery({ queryKey: ['coverage'], queryFn: readCoverage });
  return (
    <Page title="Coverage" lead={<p>What AWS's own services found in each account, and what of that jobzero found too.</p>}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="quiet">No finding of another service has come in, and none was read.</p>
          ) : (
            <table className="list stacks">
              <caption className="unseen">Findings of AWS's own services by account</caption>
              <thead>
                <tr>
                  <th scope="col">Account</th>
                  <th scope="col">Service</th>
                  <th scope="col">It saw</th>
                  <th scope="col">Only it</th>
                  <th scope="col">Both</th>
                  <th scope="col">Only we</th>
                  <th scope="col">Read</th>
                </tr>
              </thead>
              <tbody>
                {items.map((row) => (
                  <tr key={`${row.account} ${row.source}`}>
                    <td data-label="Account" className="tabular">
                      <Visible text={row.account} />
                    </td>
                    <td data-label="Service">{sourceNames[row.source]}</td>
                    <td data-label="It saw" className="tabular">
                      {row.seen}
                    </td>
                    <td data-label="Only it" className="tabular">
                      {row.onlyTheirs}
                      {row.onlyTheirTypes.map(({ type, n, example }) => (
                        <div key={type}>
                          <Link to={`/findings/${example}`}>
                            {n} × <Visible text={type} />
                          </Link>
                        </div>
                      ))}
                    </td>
                    <td data-label="Both" className="tabular">
                      {row.both}
                    </td>
                    <td data-label="Only we" className="tabular">
                      {row.onlyOurs}
                    </td>
                    <td data-label="Read">
                      {row.readAt === null ? <span className="quiet">never from its API</span> : <When at={row.readAt} />}
                      {row.unread.map((why) => (
                        <small key={why} className="quiet">
                          {' '}
                          <Visible text={why} />
                        </small>
                      ))}
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
