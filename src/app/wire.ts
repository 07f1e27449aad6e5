import type { Wires } from './wires.ts';

type Env = { readonly [name: string]: string | undefined };

/**
 * Joins the use cases to what does the work. Each member loads its own part when it is called: a command that needs no
 * database loads none, and starts fast.
 */
export function wires(env: Env): Wires {
  return {
    detect: async (input) => (await import('./wire/detect.ts')).detect(input),
    assess: async (input) => (await import('./wire/assess.ts')).assess(input),
    firstLook: async (input) => (await import('./wire/first-look.ts')).firstLook(input),
    ingest: async (input) => (await import('./wire/ingest.ts')).ingest(input, env),
    readSources: async (input) => (await import('./wire/read-sources.ts')).readSourcesOf(input, env),
    lists: async (input) => (await import('./wire/lists.ts')).lists(input, env),
    channels: async () => (await import('./wire/channels.ts')).channels(env),
    testChannel: async (input) => (await import('./wire/channels.ts')).testChannel(input, env),
    withConsole: async (work) => (await import('./wire/state.ts')).withConsole(work, env),
    backtest: async (input) => (await import('./wire/backtest.ts')).backtest(input, env),
    query: async (input) => (await import('./wire/query.ts')).query(input, env),
    questions: async () => (await import('./wire/load-questions.ts')).readyQuestions(),
    replayPolicy: async (input) => (await import('./wire/replay.ts')).replayWithPolicy(input, env),
    replay: async (input) => (await import('./wire/replay.ts')).replay(input, env),
    exportLedger: async (file, onProgress) => (await import('./wire/ledger-files.ts')).exportLedgerTo(file, onProgress, env),
    auditLedger: async (file, keys, checkpoints) => (await import('./wire/ledger-files.ts')).auditLedgerFile(file, keys, checkpoints),
    checkProof: async (file, keys, checkpoints, origin) =>
      (await import('./wire/ledger-files.ts')).checkProofFile(file, keys, checkpoints, origin),
    backup: async (file, onProgress) => (await import('./wire/backup.ts')).backup(file, onProgress, env),
    restore: async (file, onProgress) => (await import('./wire/backup.ts')).restore(file, onProgress, env),
    range: async (input) => (await import('./wire/range.ts')).range(input),
    startDrill: async (input) => (await import('./wire/drills.ts')).startDrill(input, env),
    signInLink: async (input) => (await import('./wire/state.ts')).signInLink(input, env),
    up: async (input) => (await import('./wire/up.ts')).up(input, env),
    worker: async (input) => (await import('./wire/worker.ts')).worker(input, env),
  };
}
