import type { ChannelSettings } from '../../core/model/channel.ts';
import type { Channel } from '../../core/ports/channel.ts';
import type { ChannelDeps } from './channel-deps.ts';
import { jiraChannel } from './jira.ts';
import { ocsfSinkChannel } from './ocsf-sink.ts';
import { opsgenieChannel } from './opsgenie.ts';
import { pagerDutyChannel } from './pagerduty.ts';
import { oneLine } from './safe-text.ts';
import { securityHubChannel } from './security-hub.ts';
import { slackChannel } from './slack.ts';
import { smtpChannel } from './smtp.ts';
import { teamsChannel } from './teams.ts';
import { webhookChannel } from './webhook.ts';

/** The channel of these settings. Opens nothing before the first message. */
export function openChannel(settings: ChannelSettings, deps: ChannelDeps): Channel {
  const channel = channelOf(settings, deps);
  const taken = channel.taken?.bind(channel);
  return {
    async send(letter) {
      try {
        return await channel.send(letter);
      } catch (error) {
        // A secret that is not there may be there tomorrow.
        return { outcome: 'later', reason: reasonOf(error), afterMs: null, doubt: letter.doubt };
      }
    },
    ...(taken === undefined
      ? {}
      : { taken: (id: string) => taken(id).catch((error: unknown) => ({ outcome: 'unknown', reason: reasonOf(error) }) as const) }),
  };
}

function reasonOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error), 300);
}

function channelOf(settings: ChannelSettings, deps: ChannelDeps): Channel {
  switch (settings.kind) {
    case 'slack':
      return slackChannel(settings, deps);
    case 'pagerduty':
      return pagerDutyChannel(settings, deps);
    case 'opsgenie':
      return opsgenieChannel(settings, deps);
    case 'webhook':
      return webhookChannel(settings, deps);
    case 'smtp':
      return smtpChannel(settings, deps);
    case 'teams':
      return teamsChannel(settings, deps);
    case 'jira':
      return jiraChannel(settings, deps);
    case 'security-hub':
      return securityHubChannel(settings, deps);
    case 'ocsf-sink':
      return ocsfSinkChannel(settings, deps);
    default:
      return settings satisfies never;
  }
}
