import { openSender, type SenderOptions } from './sender.ts';

interface Page {
  readonly PublicKeyList?: readonly { readonly Value?: Uint8Array; readonly Fingerprint?: string }[];
  readonly NextToken?: string;
}

const mostPages = 1_000;

/**
 * The public keys that CloudTrail signed digest files of a Region with, in a time (milliseconds since 1970): DER in PKCS #1,
 * by fingerprint. Needs cloudtrail:ListPublicKeys. Throws CloudError.
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListPublicKeys.html
 */
export async function listPublicKeys(
  region: string,
  from: number,
  to: number,
  options: SenderOptions,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const sender = openSender(options);
  const keys = new Map<string, Uint8Array>();
  try {
    let token: string | undefined;
    for (let n = 0; n < mostPages; n++) {
      const page = (await sender.send({ service: 'cloudtrail', region }, 'cloudtrail:ListPublicKeys', 'ListPublicKeys', {
        StartTime: new Date(from),
        EndTime: new Date(to),
        ...(token === undefined ? {} : { NextToken: token }),
      })) as Page;
      for (const { Value, Fingerprint } of page.PublicKeyList ?? [])
        if (Value !== undefined && Fingerprint !== undefined) keys.set(Fingerprint, Value);
      token = page.NextToken;
      if (token === undefined || token === '') break;
    }
  } finally {
    sender.close();
  }
  return keys;
}
