import { parseArn } from '../../src/core/lib/arn.ts';
import type { CampaignCall } from '../../src/core/model/campaign.ts';
import { natureOf } from '../../src/core/model/campaign.ts';
import type { Evidence } from '../../src/core/model/finding.ts';
import type { Target } from '../../src/core/model/plan.ts';
import type { World } from './open-world.ts';

/** What really happened, for those who judge the product: nothing of it may reach the product. */
export interface Truth {
  /** The call behind an event, if it belongs to a campaign. */
  callOf(eventId: string): CampaignCall | undefined;
  /** Runs of campaigns that are incidents and of which these events are an attacker's calls. */
  attacksIn(evidence: readonly Evidence[]): readonly string[];
  /** Does an attacker's call name what would be acted on? Other things must not be touched because of an attack. */
  concerns(target: Target): boolean;
  isIncident(run: string): boolean;
  /** Takes in calls that were made since. */
  follow(): void;
}

export function truthOf(world: World): Truth {
  const incidents = new Set(world.runs.flatMap(({ campaign, run }) => (natureOf(campaign).incident ? [run.placed.run] : [])));
  const byEvent = new Map<string, CampaignCall>();
  /** What attackers' records say, by account. */
  const texts = new Map<string, string>();
  const waiting: string[] = [];
  let seen = 0;

  /** Records come with the objects that hold them, some minutes after the call. */
  const read = () => {
    for (const id of waiting.splice(0)) {
      const record = world.bucket.recordOf(id);
      if (record === null) waiting.push(id);
      else {
        const { userIdentity, requestParameters, responseElements, resources } = record;
        const account = String(record['recipientAccountId']);
        const text = JSON.stringify([userIdentity, requestParameters, responseElements, resources]);
        texts.set(account, `${texts.get(account) ?? ''}${text}\n`);
      }
    }
  };

  return {
    callOf: (eventId) => byEvent.get(eventId),
    isIncident: (run) => incidents.has(run),
    attacksIn: (evidence) => [
      ...new Set(
        evidence.flatMap(({ id }) => {
          const call = byEvent.get(id);
          return call?.attacker === true && incidents.has(call.campaign) ? [call.campaign] : [];
        }),
      ),
    ],
    concerns: ({ account, uid, params }) => {
      read();
      // What is done to somebody by the management account concerns the account in which they are; what holds everywhere, where they were seen.
      const { member } = params;
      const place = typeof member !== 'string' ? account : member.startsWith('r-') ? (parseArn(uid)?.account ?? '') : member;
      const text = texts.get(place) ?? '';
      const name = ['accessKeyId', 'sessionName', 'person'].map((key) => params[key]).find((value) => typeof value === 'string');
      const named = name ?? uid.split(/[:/]/).at(-1) ?? uid;
      // A setting of the whole account.
      if (named === 'root') return text !== '';
      return [`"${named}"`, `/${named}"`, `:${named}"`].some((each) => text.includes(each));
    },
    follow: () => {
      for (const call of world.calls.slice(seen)) {
        for (const id of [call.eventId, call.otherEventId]) {
          if (id == null) continue;
          byEvent.set(id, call);
          if (call.attacker && incidents.has(call.campaign)) waiting.push(id);
        }
      }
      seen = world.calls.length;
      read();
    },
  };
}
