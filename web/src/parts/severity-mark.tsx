import type { Severity } from '../api/generated/client.ts';

const levels: readonly Severity[] = ['Informational', 'Low', 'Medium', 'High', 'Critical'];

/** A severity by its word, its height and its colour: each of the three alone would do. */
export function SeverityMark({ severity }: { readonly severity: Severity }) {
  const level = levels.indexOf(severity) + 1;
  return (
    <span className={`severity severity-${severity.toLowerCase()}`}>
      <svg viewBox="0 0 15 12" width="15" height="12" aria-hidden="true">
        {levels.map((name, index) => (
          <rect
            key={name}
            x={index * 3}
            y={9 - index * 2}
            width="2"
            height={3 + index * 2}
            rx="0.6"
            className={index < level ? 'on' : 'off'}
          />
        ))}
      </svg>
      {severity}
    </span>
  );
}
