import type { FindingDetail } from '../api/generated/client.ts';
import { Link } from '../lib/router.tsx';
import { Section } from './section.tsx';
import { SeverityMark } from './severity-mark.tsx';
import { sourceNames } from './source-names.ts';
import { StateChip } from './state-chip.tsx';
import { Visible } from './visible.tsx';
import { When } from './when.tsx';

/** Who else says that a setting is not as it should be, and whether they agree. */
export function ToldBy({ detail: { finding, told, ledBy, disagreement } }: { readonly detail: FindingDetail }) {
  if (told.length === 0) return null;
  return (
    <Section title="Who says so">
      {disagreement === null ? null : <p>{disagreement}</p>}
      {ledBy === null ? null : (
        <p>
          It is decided <Link to={`/findings/${ledBy}`}>under the finding that leads</Link>.
        </p>
      )}
      <ul className="plain">
        {told.map((one) => {
          const name = `${one.source === 'jobzero' ? 'jobzero' : (sourceNames[one.source as keyof typeof sourceNames] ?? one.source)}`;
          return (
            <li key={one.finding}>
              {one.finding === finding.id ? name : <Link to={`/findings/${one.finding}`}>{name}</Link>}: <Visible text={one.type} />{' '}
              {one.fails ? 'fails' : 'is in order'}, as of <When at={one.at} /> <SeverityMark severity={one.severity} />{' '}
              <StateChip state={one.state} />
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
