import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'content/**/*.test.ts',
      'tools/**/*.test.ts',
      'bench/**/*.test.ts',
      'eval/**/*.test.ts',
      'docs/**/*.test.ts',
    ],
    globalSetup: ['tools/console-once.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    reporters: ['default', './tools/skipped-reporter.ts'],
  },
});
