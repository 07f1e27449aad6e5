import { createHash } from 'node:crypto';

/** Words by which a recording says that it is an attack; no real thief writes them. */
const giveaways = /[A-Za-z0-9_.@+=-]*(?:stratus|malicious|backdoor)[A-Za-z0-9_.@+=-]*/gi;
/** A user agent that is a giveaway as a whole becomes that of an ordinary program. */
const agents = /("(?:userAgent|requestedUserAgent)"\s*:\s*)"[^"\\]*stratus[^"\\]*"/gi;
const ordinaryAgent = 'aws-sdk-go-v2/1.30.3 ua/2.1 os/linux lang/go#1.22.5 md/GOOS#linux md/GOARCH#amd64';

/**
 * The text of records without what gives the label away: each name that holds such a word becomes a name that says
 * nothing, and equal names (whatever their case) stay equal in all files.
 */
export function stripLabels(text: string): string {
  return text.replace(agents, (_, key: string) => `${key}"${ordinaryAgent}"`).replace(giveaways, neutralName);
}

function neutralName(name: string): string {
  return `name-${createHash('sha256').update(name.toLowerCase()).digest('hex').slice(0, 10)}`;
}
