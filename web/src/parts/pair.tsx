import { Visible } from './visible.tsx';

/** A name with its value in a list of pairs; nothing where there is no value. */
export function Pair({
  name,
  value,
  mono = false,
}: {
  readonly name: string;
  readonly value: string | undefined;
  readonly mono?: boolean;
}) {
  if (value === undefined || value === '') return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <Visible text={value} mono={mono} />
      </dd>
    </div>
  );
}
