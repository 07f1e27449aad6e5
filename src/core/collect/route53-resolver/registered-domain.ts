/**
 * Second-level names under which others register. The public suffix list has some ten thousand lines and changes each
 * week, so it is not here: of what is missing, the last two labels count.
 */
const secondLevel = new Set(
  'ac asn co com ed edu firm gen go gob gouv gov govt id ind info lg ltd me mil mod ne net nhs nic nom nsw or org plc police qld sch vic web'.split(
    ' ',
  ),
);
/** Names below which customers of hosting services have theirs. */
const hosts = new Set([
  'amazonaws.com',
  'azurewebsites.net',
  'blogspot.com',
  'cloudapp.net',
  'cloudfront.net',
  'duckdns.org',
  'dyndns.org',
  'fastly.net',
  'firebaseapp.com',
  'github.io',
  'gitlab.io',
  'herokuapp.com',
  'hopto.org',
  'netlify.app',
  'ngrok.io',
  'ngrok-free.app',
  'no-ip.org',
  'pages.dev',
  'trycloudflare.com',
  'vercel.app',
  'web.app',
  'workers.dev',
]);

/** The name that somebody has registered, and what stands before it: `a.b.example.co.uk` is `example.co.uk` and `a.b`. */
export interface Name {
  readonly registered: string;
  readonly sub: string;
}

/** Splits a name, without the dot at its end, in small letters. */
export function splitName(name: string): Name {
  const last = name.lastIndexOf('.');
  if (last < 0) return { registered: name, sub: '' };
  let from = name.lastIndexOf('.', last - 1);
  const top = name.length - last - 1;
  // Two letters are a country's; those often have a level of their own below.
  if (from > 0 && ((top === 2 && secondLevel.has(name.slice(from + 1, last))) || hosts.has(name.slice(from + 1))))
    from = name.lastIndexOf('.', from - 1);
  return from < 0 ? { registered: name, sub: '' } : { registered: name.slice(from + 1), sub: name.slice(0, from) };
}
