import type { Imported } from '../api/generated/client.ts';
import { Pair } from './pair.tsx';
import { Section } from './section.tsx';
import { sourceNames } from './source-names.ts';

/** Where a finding of another service came from, and who else would have found it. */
export function Source({ imported }: { readonly imported: Imported }) {
  const name = sourceNames[imported.source];
  return (
    <Section
      title={`Found by ${name}`}
      aside={
        imported.url === '' ? undefined : (
          <a href={imported.url} target="_blank" rel="noreferrer" className="small">
            Open it there
          </a>
        )
      }
    >
      <dl className="pairs">
        <Pair name="Type" value={imported.type} mono />
        <Pair name="Severity there" value={imported.severity === '' ? undefined : imported.severity} />
        <Pair name="State there" value={imported.sample === true ? `${imported.state}, a sample` : imported.state} />
        <Pair name="Answered by" value={imported.answers.length === 0 ? 'no rule or control of ours' : imported.answers.join(', ')} />
      </dl>
    </Section>
  );
}
