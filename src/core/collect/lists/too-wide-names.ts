/**
 * Words that registries of countries put before their own domain, as in `co.uk`: a name of these two labels is a whole
 * registry. No list of all public suffixes; what lists hold by accident.
 */
const registryWords: ReadonlySet<string> = new Set([
  ...['ac', 'co', 'com', 'edu', 'gob', 'gov', 'gouv', 'go', 'mil', 'ne', 'net', 'nom', 'or', 'org', 'ltd', 'plc', 'sch', 'web'],
]);

/** Names below which AWS and other clouds give names to all customers, or have their own. */
const platforms: ReadonlySet<string> = new Set([
  ...['amazonaws.com', 'amazonaws.com.cn', 'amazonaws.eu', 'amazon.com', 'aws.amazon.com', 'aws.dev', 'api.aws', 'awsstatic.com', 'on.aws'],
  ...['cloudfront.net', 'awsglobalaccelerator.com', 'elasticbeanstalk.com', 'amazoncognito.com', 'amplifyapp.com', 'awsapps.com'],
  ...['azure.com', 'windows.net', 'cloudapp.net', 'azurewebsites.net', 'azureedge.net', 'microsoft.com', 'office.com', 'live.com'],
  ...[
    'google.com',
    'googleapis.com',
    'googleusercontent.com',
    'gstatic.com',
    'cloudflare.com',
    'cloudflare.net',
    'workers.dev',
    'pages.dev',
  ],
  ...['akamai.net', 'akamaiedge.net', 'fastly.net', 'github.com', 'github.io', 'githubusercontent.com', 'gitlab.com', 'gitlab.io'],
  ...[
    'herokuapp.com',
    'netlify.app',
    'vercel.app',
    'firebaseapp.com',
    'web.app',
    'blogspot.com',
    'wordpress.com',
    'in-addr.arpa',
    'ip6.arpa',
  ],
]);

/** Hosts on which anybody can put a file: a URL there says nothing of the host. */
export const sharedHosts: ReadonlySet<string> = new Set([
  ...['raw.githubusercontent.com', 'gist.github.com', 'codeload.github.com', 'objects.githubusercontent.com', 'bitbucket.org'],
  ...[
    'drive.google.com',
    'docs.google.com',
    'sites.google.com',
    'storage.googleapis.com',
    'firebasestorage.googleapis.com',
    'drive.usercontent.google.com',
  ],
  ...['onedrive.live.com', '1drv.ms', 'dropbox.com', 'www.dropbox.com', 'dl.dropboxusercontent.com', 'cdn.discordapp.com', 'discord.com'],
  ...['pastebin.com', 'paste.ee', 'transfer.sh', 'mediafire.com', 'www.mediafire.com', 'mega.nz', 'files.catbox.moe', 'archive.org'],
  ...['s3.amazonaws.com', 't.me', 'telegra.ph', 'bit.ly', 'tinyurl.com', 'sourceforge.net', 'cdn.jsdelivr.net', 'unpkg.com', 'ipfs.io'],
]);

/** Is this a registry's or a platform's own name, so that all the world has names below it? */
export function isEverybodys(name: string): boolean {
  if (platforms.has(name)) return true;
  const [first = '', second = '', ...others] = name.split('.');
  return others.length === 0 && second.length === 2 && registryWords.has(first);
}
