import { configDefaults, defineConfig } from 'vitest/config';

const include = [
  'src/**/*.test.ts',
  'content/**/*.test.ts',
  'tools/**/*.test.ts',
  'bench/**/*.test.ts',
  'eval/**/*.test.ts',
  'docs/**/*.test.ts',
];

/** They leave nothing behind in the process, so one worker runs many of these files: starting one for each takes longer than most tests. */
const together = [
  'src/core/**/*.test.ts',
  'src/range/**/*.test.ts',
  'content/**/*.test.ts',
  'src/app/{arming,console,doctor,exercise,first-look,incident-mode,judge,ledger,notify,on-call,own,owners,passkeys,policy,risk,triage}/**/*.test.ts',
  'src/app/playbook-scenarios/**/*.test.ts',
  'src/app/*.test.ts',
  'src/http/{http,hooks,schemas}.test.ts',
  'src/edge/{aws,engine,files,lists,notify}/**/*.test.ts',
  'src/cli/{cli,incident-commands,judging,lists,on-call-commands,printable,state-commands}.test.ts',
];

const shared = {
  testTimeout: 60_000,
  hookTimeout: 120_000,
} as const;

export default defineConfig({
  test: {
    globalSetup: ['tools/console-once.ts'],
    maxWorkers: 2,
    reporters: ['default', './tools/skipped-reporter.ts'],
    projects: [
      { test: { ...shared, name: 'together', include: together, isolate: false } },
      { test: { ...shared, name: 'alone', include, exclude: [...configDefaults.exclude, ...together] } },
    ],
  },
});
