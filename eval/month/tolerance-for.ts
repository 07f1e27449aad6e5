import type { Person } from '../../src/range/people.ts';

/** The tolerance with the people of an organisation: each is their sessions of Identity Center, in every account. */
export function toleranceFor(text: string, people: readonly Person[]): string {
  const lines = people.map(
    ({ email }) => `  ${JSON.stringify(email)}: [${JSON.stringify(`arn:aws:sts::*:assumed-role/AWSReservedSSO_*/${email}`)}]`,
  );
  return `${text.trimEnd()}\npeople:\n${lines.join('\n')}\n`;
}
