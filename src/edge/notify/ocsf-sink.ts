import type { OcsfSinkSettings } from '../../core/model/channel.ts';
import type { Channel } from '../../core/ports/channel.ts';
import { addressOf, type ChannelDeps } from './channel-deps.ts';
import { callHttp, classify } from './post.ts';
import { signedHeaders } from './webhook.ts';

const largest = 1024 * 1024;

/**
 * Posts a finding as one line of JSON (OCSF, or ASFF) to a collector over HTTP. A try again has the same `webhook-id`, and the
 * finding's own id is in the line (`finding_info.uid` with `metadata.uid`, or `Id`).
 */
export function ocsfSinkChannel(settings: OcsfSinkSettings, deps: ChannelDeps): Channel {
  return {
    async send(letter) {
      if (letter.document === null) return { outcome: 'refused', reason: 'a collector takes findings only' };
      const url = await addressOf(deps, settings.url);
      const token = settings.token === null ? null : await deps.secret(settings.token);
      const secret = settings.secret === null ? null : await deps.secret(settings.secret);
      const body = `${JSON.stringify(letter.document)}\n`;
      if (Buffer.byteLength(body) > largest) return { outcome: 'refused', reason: 'the finding is larger than 1 MB' };
      const { id } = letter.notification;
      const answer = await callHttp({
        url,
        headers: {
          'content-type': 'application/x-ndjson',
          'webhook-id': id,
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(secret === null ? {} : signedHeaders(secret, id, letter.at, body)),
        },
        body,
      });
      return classify(answer, url, letter.at, id, [url, token ?? '', secret ?? '']);
    },
  };
}
