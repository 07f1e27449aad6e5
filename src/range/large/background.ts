import type { AccountKind } from '../../core/model/campaign.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { Credentials } from '../caller.ts';
import { Dice } from '../dice.ts';
import { openRange, type Range } from '../open-range.ts';
import type { AccountState, RangeState } from '../state.ts';
import { manyAccounts } from './accounts.ts';
import { activity } from './activity.ts';
import { type Opening, type Principal, principalsOf } from './principals.ts';
import { type Call, type Occupation, occupations } from './tasks.ts';
import { cutOpen, quickUuid, render, type Session, type Template } from './template.ts';

/**
 * Takes one event: where it is recorded, when (milliseconds since 1970), its text, and whether it is a data event. Says
 * whether it is recorded at all.
 */
export type TakeEvent = (account: string, region: string, at: number, text: string, data: boolean) => boolean;

export interface Background {
  /** How much of the work of the whole time is done in the hour that begins at `at`: the hours add up to 1. */
  part(hour: number): number;
  /** Makes so many events of pieces of work that begin in a span of time, and gives them out. */
  work(from: number, milliseconds: number, events: number, take: TakeEvent): void;
}

export interface BackgroundOptions {
  readonly state: RangeState;
  readonly start: number;
  /** Whole hours, from `start` on. */
  readonly hours: number;
}

const hour = 3_600_000;

/**
 * Daily life, quickly: each kind of call is played once against a small range, so that it is authorised and looks as
 * it would, and its record is cut open; then principals with habits do their tasks again and again at their hours.
 */
export function openBackground({ state, start, hours }: BackgroundOptions): Background {
  const last = start + hours * hour - 1;
  const { played, openings } = playAll(state.seed, start);
  const principals = principalsOf(state, occupations);
  const dice = new Dice(`${state.seed}/background`);
  const sums = Array.from({ length: hours }, (_, i) => principals.reduce((sum, each) => sum + busy(each, start + i * hour), 0));
  const whole = sums.reduce((sum, each) => sum + each, 0);
  const cumulative = new Float64Array(principals.length);
  let filled = Number.NaN;

  /** Who starts: pieces of work are as many fewer as they are longer. */
  const fill = (at: number) => {
    let sum = 0;
    for (const [i, principal] of principals.entries()) {
      sum += busy(principal, at) / (played[principal.occupation]?.calls ?? 1);
      cumulative[i] = sum;
    }
    filled = at;
  };
  const choose = (): Principal | undefined => {
    const wanted = (dice.next() / 4_294_967_296) * (cumulative.at(-1) ?? 0);
    let low = 0;
    let high = cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulative[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return principals[low];
  };

  return {
    part: (n) => (whole === 0 ? 0 : (sums[n] ?? 0) / whole),
    work: (from, milliseconds, events, take) => {
      const beginning = from - (from % hour);
      if (filled !== beginning) fill(beginning);
      let unrecorded = 0;
      // Where hardly anything is recorded, time ends before the events are made.
      for (let left = events; left > 0 && unrecorded < 100 * events; ) {
        const principal = choose();
        const known = principal === undefined ? undefined : played[principal.occupation];
        if (principal === undefined || known === undefined) return;
        const task = known.tasks[principal.tasks[dice.int(principal.tasks.length)] ?? 0];
        if (task === undefined) return;
        let at = from + dice.int(milliseconds);
        const { session, began } = principal.session(at, task.browser, dice);
        const put = (template: Template, as: Session, recordedIn: string) => {
          // What goes on behind the end of the logs is written as of their last second.
          at = Math.min(at, last);
          const time = `${new Date(at).toISOString().slice(0, 19)}Z`;
          const region = template.fixedRegion ? 'us-east-1' : as.region;
          if (take(recordedIn, region, at, render(template, as, time, quickUuid(dice), dice), template.data)) left--;
          else unrecorded++;
          at += task.browser ? 200 + dice.int(9000) : 30 + dice.int(1200);
        };
        if (began && principal.opening !== 'none') {
          const opened = openingOf(principal.opening, known.occupation, session);
          for (const { name, as } of opened) if (left > 0) put(openings[name], as, session.account);
        }
        for (const { template, least, most } of task.calls) {
          for (let n = least + (most > least ? dice.int(most - least + 1) : 0); n > 0 && left > 0; n--)
            put(template, session, session.account);
        }
      }
    },
  };
}

function busy(principal: Principal, at: number): number {
  return at < principal.since ? 0 : principal.weight * activity(principal.rhythm, at);
}

interface PlayedCall {
  readonly template: Template;
  readonly least: number;
  readonly most: number;
}

interface PlayedTask {
  readonly calls: readonly PlayedCall[];
  readonly browser: boolean;
}

interface Played {
  readonly occupation: Occupation;
  readonly tasks: readonly PlayedTask[];
  /** Of an average piece of work. */
  readonly calls: number;
}

function playAll(seed: string, start: number): { readonly played: readonly Played[]; readonly openings: Openings } {
  const range = openRange({ seed, start, now: () => start, accounts: manyAccounts(9) });
  const openings = playOpenings(range, start);
  const played = occupations.map((occupation) => {
    const account = referenceAccount(range.state, occupation.accounts);
    const credentials = credentialsOf(range, account, occupation, start);
    const tasks = occupation.tasks.map((task) => ({
      browser: task.browser ?? false,
      calls: task.calls.flatMap((call): PlayedCall[] => {
        const [action, input, [least, most]] = parts(call);
        const template = playOne(range, account, credentials, action, input, start);
        return template === null ? [] : [{ template, least, most }];
      }),
    }));
    const lengths = occupation.tasks.map(
      (task, i) => [task.often ?? 1, (tasks[i]?.calls ?? []).reduce((sum, each) => sum + (each.least + each.most) / 2, 0)] as const,
    );
    const often = lengths.reduce((sum, [each]) => sum + each, 0);
    return { occupation, tasks, calls: Math.max(1, lengths.reduce((sum, [each, length]) => sum + each * length, 0) / often) };
  });
  return { played, openings };
}

function parts(call: Call): readonly [string, JsonObject, readonly [number, number]] {
  return typeof call === 'string' ? [call, {}, [1, 1]] : [call[0], call[1], call[2] ?? [1, 1]];
}

function referenceAccount(state: RangeState, kinds: readonly AccountKind[] | 'all'): AccountState {
  const wanted = kinds === 'all' || kinds.includes('production') ? 'production' : kinds[0];
  const found = Object.values(state.accounts).find(({ kind }) => kind === wanted);
  if (found === undefined) throw new RangeError(`no account of kind ${wanted}`);
  return found;
}

function credentialsOf(range: Range, account: AccountState, { of }: Occupation, at: number): Credentials {
  if ('service' in of) return { kind: 'service', account: account.id, service: of.service };
  if ('user' in of) return { kind: 'key', accessKeyId: Object.keys(account.users[of.user]?.keys ?? {})[0] ?? '' };
  const role = 'set' in of ? `AWSReservedSSO_${of.set}_*` : of.role;
  const session = range.roleSession({ account: account.id, role, name: 'reference', mfa: false, holder: 'reference', at, renewed: true });
  if (session === null) throw new RangeError(`no role ${role} in ${account.id}`);
  return session;
}

/** Plays a call and cuts its record open; null where it leaves none. */
function playOne(
  range: Range,
  account: AccountState,
  credentials: Credentials,
  action: string,
  input: JsonObject,
  at: number,
): Template | null {
  const own = JSON.parse(JSON.stringify(input).replaceAll('%ACCOUNT%', account.id)) as JsonObject;
  const outcome = range.perform({
    credentials,
    region: 'us-east-1',
    action,
    input: own,
    origin: { ip: '192.0.2.1', userAgent: 'reference' },
    at,
  });
  if (outcome.eventId === null || outcome.principal === undefined) return null;
  const record = (range.state.recent[account.id] ?? []).findLast((each) => each['eventID'] === outcome.eventId);
  return record === undefined ? null : cutOpen(record, outcome.principal);
}

type OpeningName = 'AssumeRoleWithSAML' | 'ConsoleLogin' | 'AssumeRoleWithWebIdentity' | 'AssumeRole';
type Openings = { readonly [name in OpeningName]: Template };

const answered = {
  credentials: { accessKeyId: '%KEY%', sessionToken: '%ID2%%ID2%%ID2%', expiration: '%UNTIL%' },
  assumedRoleUser: { assumedRoleId: '%ROLEID%:%SESSION%', arn: '%ARN%' },
};

/** What is recorded when somebody gets a session: one record of each kind, whose caller is filled in later. */
function playOpenings(range: Range, at: number): Openings {
  const account = referenceAccount(range.state, 'all');
  const play = (name: OpeningName, action: string, more: JsonObject): Template => {
    const outcome = range.perform({
      credentials: { kind: 'service', account: account.id, service: 'sts.amazonaws.com' },
      region: 'us-east-1',
      action,
      input: {},
      origin: { ip: '', userAgent: '' },
      at,
      record: {
        data: false,
        eventType: name === 'ConsoleLogin' ? 'AwsConsoleSignIn' : 'AwsApiCall',
        readOnly: name !== 'ConsoleLogin',
        responseElements: answered,
        additionalEventData: null,
        ...more,
      },
    });
    const record = (range.state.recent[account.id] ?? []).findLast((each) => each['eventID'] === outcome.eventId);
    if (record === undefined) throw new RangeError(`${name} left no record`);
    return cutOpen(record, null);
  };
  const request = { roleArn: '%ROLE%', roleSessionName: '%SESSION%' };
  return {
    AssumeRole: play('AssumeRole', 'sts:AssumeRole', { requestParameters: { ...request, durationSeconds: 3600 } }),
    AssumeRoleWithSAML: play('AssumeRoleWithSAML', 'sts:AssumeRoleWithSAML', {
      requestParameters: {
        ...request,
        principalArn: 'arn:aws:iam::%ACCOUNT%:saml-provider/AWSSSO_example_DO_NOT_DELETE',
        durationSeconds: 14_400,
      },
      responseElements: { ...answered, subjectType: 'persistent', audience: 'https://signin.aws.amazon.com/saml' },
    }),
    AssumeRoleWithWebIdentity: play('AssumeRoleWithWebIdentity', 'sts:AssumeRoleWithWebIdentity', {
      requestParameters: request,
      responseElements: {
        ...answered,
        audience: 'sts.amazonaws.com',
        provider: 'arn:aws:iam::%ACCOUNT%:oidc-provider/token.actions.githubusercontent.com',
      },
    }),
    // AWS writes MFAUsed "No" for all who sign in by federation: their identity provider asked for the second factor.
    ConsoleLogin: play('ConsoleLogin', 'signin:ConsoleLogin', {
      responseElements: { ConsoleLogin: 'Success' },
      additionalEventData: { LoginTo: 'https://console.aws.amazon.com/console/home', MobileVersion: 'No', MFAUsed: 'No' },
    }),
  };
}

function openingOf(
  opening: Opening,
  { of }: Occupation,
  session: Session,
): readonly { readonly name: OpeningName; readonly as: Session }[] {
  const home = { ...session, region: 'us-east-1' };
  switch (opening) {
    case 'none':
      return [];
    case 'saml': {
      const identity = {
        type: 'SAMLUser',
        principalId: `${session.roleId}:${session.name}`,
        userName: session.name,
        identityProvider: 'AWSSSO_example_DO_NOT_DELETE',
      };
      const by: Session = {
        ...home,
        identity: JSON.stringify(identity),
        agent: 'aws-internal/3 aws-sdk-java/1.12.720 Linux/5.10 sso.amazonaws.com',
      };
      return session.agent.startsWith('Mozilla')
        ? [
            { name: 'AssumeRoleWithSAML', as: by },
            { name: 'ConsoleLogin', as: home },
          ]
        : [{ name: 'AssumeRoleWithSAML', as: by }];
    }
    case 'oidc': {
      const provider = `arn:aws:iam::${session.account}:oidc-provider/token.actions.githubusercontent.com`;
      const subject = `repo:example-corp/${session.names[1]}:ref:refs/heads/main`;
      const identity = {
        type: 'WebIdentityUser',
        principalId: `${provider}:sts.amazonaws.com:${subject}`,
        userName: subject,
        identityProvider: provider,
      };
      return [{ name: 'AssumeRoleWithWebIdentity', as: { ...home, identity: JSON.stringify(identity) } }];
    }
    case 'role':
      return [
        {
          name: 'AssumeRole',
          as: {
            ...home,
            identity: JSON.stringify({
              type: 'AWSAccount',
              principalId: `AROAEXAMPLEPIPELINE01:${session.name}`,
              accountId: session.account,
            }),
          },
        },
      ];
    case 'service': {
      const service = 'role' in of ? (serviceOf[of.role] ?? 'ec2.amazonaws.com') : 'ec2.amazonaws.com';
      return [
        {
          name: 'AssumeRole',
          as: { ...session, identity: JSON.stringify({ type: 'AWSService', invokedBy: service }), ip: service, agent: service },
        },
      ];
    }
  }
}

const serviceOf: { readonly [role: string]: string } = {
  'order-api': 'lambda.amazonaws.com',
  'cost-cleaner': 'lambda.amazonaws.com',
  'report-worker': 'ecs-tasks.amazonaws.com',
  'data-pipeline': 'glue.amazonaws.com',
  'backup-runner': 'backup.amazonaws.com',
};
