import { openLakeQuery } from '../../edge/duckdb/lake-query.ts';
import { askedQuestion } from '../query.ts';
import type { QueryAnswered, QueryInput } from '../wires.ts';
import type { Env } from './home.ts';
import { loadQuestions } from './load-questions.ts';
import { openLakeFiles } from './stored-lake.ts';

/** `jobzero query`: SQL that only reads, over the lake or over log files. */
export async function query(input: QueryInput, env: Env): Promise<QueryAnswered> {
  const asked = askedQuestion(input, await loadQuestions());
  const opened = await openLakeFiles(input, env);
  try {
    const { folder, files } = opened;
    const lake = await openLakeQuery({ folder, files, from: input.from, to: input.to, patience: input.seconds * 1000 });
    const close = async () => {
      await lake.close();
      await opened.close();
    };
    try {
      return { ...(await lake.run(asked.sql, asked.parameters)), files: files.length, close };
    } catch (error) {
      await lake.close();
      throw error;
    }
  } catch (error) {
    await opened.close();
    throw error;
  }
}
