import { enableCompileCache } from 'node:module';

// A thread compiles all modules anew, which takes as long as some ten thousand events, unless it is told where they lie compiled.
enableCompileCache();
await import('./detect-thread.ts');
