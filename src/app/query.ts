import { InputError } from '../core/model/errors.ts';
import type { Question } from '../core/model/question.ts';

export interface AskedQuestion {
  readonly sql: string;
  readonly parameters: { readonly [name: string]: string };
}

/** What is to be run: SQL as it was given, or a ready question with its parameters filled in. Throws InputError for what is missing. */
export function askedQuestion(
  {
    sql,
    question: id,
    parameters,
  }: { readonly sql: string | null; readonly question: string | null; readonly parameters: readonly string[] },
  questions: readonly Question[],
): AskedQuestion {
  const given = Object.fromEntries(parameters.map(parameterOf));
  if ((sql === null) === (id === null)) throw new InputError('say what to ask: SQL, or --question ID (--questions lists them)', 'query');
  if (sql !== null) return { sql, parameters: given };
  const question = questions.find((one) => one.id === id) ?? questions.find((one) => one.id.endsWith(`.${id}`));
  if (question === undefined) throw new InputError('there is no such question; --questions lists them', id ?? '');
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(question.parameters, name));
  if (unknown !== undefined) throw new InputError(`has no parameter ${unknown}`, question.id);
  const filled = Object.entries(question.parameters).map(([name, { default: preset, description }]) => {
    const value = given[name] ?? preset;
    if (value === undefined) throw new InputError(`needs --param ${name}=VALUE: ${description}`, question.id);
    return [name, value] as const;
  });
  return { sql: question.sql, parameters: Object.fromEntries(filled) };
}

function parameterOf(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at <= 0) throw new InputError('a parameter is NAME=VALUE', text);
  return [text.slice(0, at), text.slice(at + 1)];
}
