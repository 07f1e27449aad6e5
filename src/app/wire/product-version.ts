import { readFileSync } from 'node:fs';

/** The package's version, wherever the package lies: beside `src`, or above `dist`. */
export function productVersion(): string {
  for (const place of ['../../../package.json', '../../../../package.json']) {
    try {
      const found: unknown = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8'));
      if (found !== null && typeof found === 'object' && 'name' in found && found.name === 'jobzero' && 'version' in found)
        return String(found.version);
    } catch {
      // Not here.
    }
  }
  return 'unknown';
}
