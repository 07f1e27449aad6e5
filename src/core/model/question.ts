import { z } from 'zod';
import { InputError } from './errors.ts';

const Parameter = z.strictObject({
  description: z.string().min(1),
  /** What stands for it when nobody gives a value. */
  default: z.string().optional(),
});

/** The schema of a file in `content/questions`; docs/guides/hunt.md explains it. */
const QuestionSchema = z.strictObject({
  title: z.string().min(1),
  /** What the answer means, and what it does not. */
  means: z.string().min(1),
  parameters: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), Parameter).default({}),
  /** One SELECT over the views; `$name` stands for a parameter. */
  sql: z.string().min(1),
  /** What it answers on the records of `content/questions/example-records.yml`. */
  example: z.strictObject({
    parameters: z.record(z.string(), z.string()).default({}),
    rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))).min(1),
  }),
});

/** A ready question to the lake. */
export type Question = z.infer<typeof QuestionSchema> & {
  /** The path below `content/questions`, with dots. */
  readonly id: string;
};

/** Checks the parsed YAML of a question. Throws InputError with the file and the path in it. */
export function parseQuestion(data: unknown, id: string, file: string): Question {
  const result = QuestionSchema.safeParse(data);
  if (result.success) return { ...result.data, id };
  const [issue] = result.error.issues;
  throw new InputError(issue?.message ?? 'not a question', `${file}: ${issue?.path.join('.') ?? ''}`);
}
