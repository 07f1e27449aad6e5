import { Command, InvalidArgumentError, Option } from 'commander';
import type { Wires } from '../app/wires.ts';
import { InputError } from '../core/model/errors.ts';
import type { Nature } from '../core/model/judging.ts';
import { type Severity, severities } from '../core/model/severity.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { findingFormats } from './formats.ts';
import type { Io } from './io.ts';
import { namePerson } from './name-person.ts';
import { wrapToWidth } from './text-width.ts';

export interface Door {
  readonly io: Io;
  /** Loaded by commands only when they run, so that help costs nothing. */
  readonly wires: () => Promise<Wires>;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  readonly version: string;
  readonly user: string;
  readonly finish: (code: ExitCode) => void;
}

/**
 * All commands with their options and help. An action imports its command's file when it runs and hands it plain
 * values; nothing else is decided here.
 */
export function program(door: Door): Command {
  const { io, finish } = door;
  let named: Parameters<typeof namePerson>[1] | null = null;
  const wires = async (): Promise<Wires> => (named === null ? door.wires() : namePerson(await door.wires(), named));
  const root = new Command('jobzero')
    .description('Cloud security for AWS run by automation, with exactly one engineer on call.')
    .version(door.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .enablePositionalOptions()
    .showHelpAfterError('(jobzero --help tells more)')
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .exitOverride()
    .hook('preAction', (_, run) => {
      const who: unknown = run.getOptionValue('as');
      if (typeof who === 'string' && run.getOptionValueSource('as') === 'cli') named = { who, by: door.user, command: run.name() };
    });

  const command = (parent: Command, nameAndArgs: string, description: string, examples: readonly string[], hidden = false): Command => {
    const made = parent
      .command(nameAndArgs, { hidden, isDefault: nameAndArgs === 'list' })
      .description(description)
      .helpOption('-h, --help', 'print help');
    made.addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ jobzero ${example}\n`).join('')}`);
    return made;
  };

  command(root, 'up', 'Start everything: state, workers, console. Without AWS credentials, with a simulated organisation under attack.', [
    'up',
    'up --profile security --logs s3://example-logs/AWSLogs/',
    'up --logs s3://example-logs/AWSLogs/ --queue https://sqs.eu-central-1.amazonaws.com/111122223333/jobzero',
    'up --json',
  ])
    .option('--profile <name>', 'AWS profile of a real account')
    .option('--endpoint-url <url>', 'another place that answers as AWS')
    .addOption(
      new Option('--logs <path>', 'logs to read: a folder, or s3://bucket/prefix; may be given again').argParser(collect).default([]),
    )
    .addOption(
      new Option('--queue <url>', 'SQS queue of events and of notifications of what is new below --logs; may be given again')
        .argParser(collect)
        .default([]),
    )
    .option('--role-arn <arn>', 'role that may read logs and queues')
    .addOption(regionsOption())
    .addOption(new Option('--workers <n>', 'worker processes').default(2).argParser(whole(1, 256)))
    .addOption(new Option('--port <n>', 'port of the console; a busy one takes the next').default(7070).argParser(whole(1, 65535)))
    .addOption(plainFormat())
    .option('--json', 'the same as --format json: one line for each thing that happens')
    .action(async (options) => finish(await (await import('./commands/up.ts')).up(io, await wires(), door.signal, options)));

  command(
    root,
    'first-look',
    'Look at an account with read permission alone: what happened, what is wrong, which logs are missing, what would have been done.',
    ['first-look --profile audit', 'first-look --profile audit --minutes 5 --regions eu-central-1,us-east-1 --format json'],
  )
    .option('--profile <name>', 'AWS profile; needs SecurityAudit and cloudtrail:LookupEvents')
    .option('--endpoint-url <url>', 'another place that answers as AWS')
    .addOption(regionsOption())
    .addOption(new Option('--days <n>', 'how far back; CloudTrail keeps 90 days').default(90).argParser(whole(1, 90)))
    .addOption(new Option('--minutes <n>', 'stop reading after this time and say what is missing').default(15).argParser(whole(1, 24 * 60)))
    .addOption(plainFormat())
    .addOption(failOn())
    .option('--strict', 'exit with 3 when something could not be looked at')
    .action(async (options) => finish(await (await import('./commands/first-look.ts')).firstLook(io, await wires(), options)));

  command(root, 'detect <path...>', 'Run detection rules over CloudTrail files and folders. Keeps no state and needs no database.', [
    'detect logs/ --format ocsf > findings.ndjson',
    'detect - < logs.json.gz',
    'detect logs/ --rules sigma/rules/cloud/aws --summary summary.json --fail-on High',
  ])
    .addOption(new Option('--rules <dir>', 'Sigma rules beside our own; may be given again').argParser(collect).default([]))
    .addOption(
      new Option('--lists <path>', 'threat lists, or a folder of them: NAME.txt, NAME.csv, NAME.json (STIX); may be given again')
        .argParser(collect)
        .default([]),
    )
    .option('--no-builtin', 'leave our own rules out')
    .addOption(new Option('--workers <n>', 'worker threads; as many as processors when not given').argParser(whole(1, 256)))
    .addOption(findingFormat())
    .option('--summary <file>', 'write the counts to this file as JSON')
    .option('--incidents <file>', 'join the findings into incidents, written to this file as OCSF; "-" prints them instead of findings')
    .addOption(limitOption())
    .addOption(failOn())
    .option('--strict', 'exit with 3 when a record or an entry of a list was set aside, or a rule was refused')
    .action(async (paths: string[], options) =>
      finish(await (await import('./commands/detect.ts')).detect(io, await wires(), paths, options)),
    );

  const ingest = command(
    root,
    'ingest <from>',
    'Read logs into the lake and the findings into the database; what was read before is skipped.',
    [
      'ingest logs/',
      'ingest s3://example-logs/AWSLogs/ --from 2026-01-01 --to 2026-01-31 --role-arn arn:aws:iam::111122223333:role/jobzero-logs',
      'ingest - < events.json.gz',
    ],
  )
    .option('--profile <name>', 'AWS profile for s3://')
    .option('--endpoint-url <url>', 'another place that answers as AWS')
    .option('--role-arn <arn>', 'role that may read the bucket')
    .addOption(new Option('--from <day>', 'of a bucket, only folders from this day on: 2026-01-31').argParser(day))
    .addOption(new Option('--to <day>', 'up to this day').argParser(day))
    .option(
      '--public-keys <file>',
      'what "aws cloudtrail list-public-keys" printed, to check digests with; CloudTrail is asked when not given',
    )
    .addOption(plainFormat())
    .option('--strict', 'exit with 3 when a record was set aside or an object could not be read')
    .action(async (from: string, options) => finish(await (await import('./commands/ingest.ts')).ingest(io, await wires(), from, options)));
  command(
    ingest,
    'status',
    'How logs arrive from each source, account and Region: the last event, how late, how complete, and what went silent.',
    ['ingest status', 'ingest status --strict --format json'],
  )
    .addOption(plainFormat())
    .option('--strict', 'exit with 1 when a source is silent, the digests of a trail show a gap, or a list is stale')
    .action(async (options) => finish(await (await import('./commands/ingest-status.ts')).ingestStatus(io, await wires(), options)));

  const coverage = command(
    root,
    'coverage',
    "What AWS's own services found in each account beside what we did: GuardDuty, Security Hub, Inspector, Macie, Access Analyzer, Config, Health.",
    ['coverage', 'coverage read --from 2026-01-01', 'coverage close 111122223333'],
  );
  command(coverage, 'list', 'How many findings each service has, how many only it saw, how many both, and how many only we.', [
    'coverage',
    'coverage list --format json',
  ])
    .addOption(plainFormat())
    .action(async (options) => finish(await (await import('./commands/coverage.ts')).coverage(io, await wires(), options)));
  command(coverage, 'read', 'Read their findings from their APIs: those that changed since the last time, at first all that are open.', [
    'coverage read --profile audit',
    'coverage read --from 2026-01-01 --regions eu-central-1,us-east-1',
  ])
    .option('--profile <name>', 'AWS profile')
    .option('--endpoint-url <url>', 'another place that answers as AWS')
    .addOption(regionsOption())
    .addOption(new Option('--from <day>', 'changed on this day or later: 2026-01-31').argParser(day))
    .addOption(plainFormat())
    .option('--strict', 'exit with 3 when a service could not be read')
    .action(async (options) => finish(await (await import('./commands/coverage.ts')).readCoverage(io, await wires(), options)));
  command(
    coverage,
    'close <account>',
    'Put findings of an account away in GuardDuty, Security Hub and Access Analyzer too when they end here. Off until said so.',
    ['coverage close 111122223333', 'coverage close 111122223333 --off'],
  )
    .option('--off', 'leave them open there')
    .addOption(asPerson(door.user))
    .addOption(plainFormat())
    .action(async (account: string, options) =>
      finish(await (await import('./commands/coverage.ts')).closeBack(io, await wires(), account, options)),
    );

  command(root, 'lists', 'The lists of addresses, names and other texts that rules ask: entries, sources, age, what was set aside.', [
    'lists',
    'lists --refresh --strict',
  ])
    .option('--refresh', 'fetch all of them now')
    .addOption(plainFormat())
    .option('--strict', 'exit with 1 when a list is stale or could not be had')
    .action(async (options) => finish(await (await import('./commands/lists.ts')).lists(io, await wires(), options)));

  const channels = command(
    root,
    'channels',
    'The channels of channels.yml by which people and other systems are told, and how each does.',
    ['channels', 'channels list --format json', 'channels test on-call'],
  );
  command(channels, 'list', 'List channels with their last success and their failures.', ['channels', 'channels list --strict'])
    .addOption(plainFormat())
    .option('--strict', 'exit with 1 when a channel does not deliver')
    .action(async (options) => finish(await (await import('./commands/channels.ts')).listChannels(io, await wires(), options)));
  command(channels, 'test <name>', 'Send a message through a channel that says that it is a test, and tell what became of it.', [
    'channels test on-call',
    'channels test mail --to alice@example.com',
    'channels test hub --to 111122223333',
  ])
    .option('--to <whom>', 'whom it is for; left out, whom channels.yml names. For security-hub, an account')
    .addOption(plainFormat())
    .action(async (name: string, options) =>
      finish(await (await import('./commands/channels.ts')).testChannel(io, await wires(), name, options)),
    );

  const oncall = command(root, 'oncall', 'Who is on call now and next, by oncall.yml; overrides, and the queue of the engineer.', [
    'oncall',
    'oncall override --from 2026-12-24T18:00 --until 2026-12-26T09:00 --person bob',
    'oncall queue',
  ]);
  command(oncall, 'list', 'Who is on call now and next.', ['oncall', 'oncall list --days 30 --format json'])
    .addOption(new Option('--days <n>', 'how far ahead').default(14).argParser(whole(1, 366)))
    .addOption(plainFormat())
    .action(async (options) => finish(await (await import('./commands/on-call.ts')).onCall(io, await wires(), options)));
  command(oncall, 'override', 'Somebody stands in: the person is on call in this time, whatever the schedule says.', [
    'oncall override --from 2026-12-24T18:00 --until 2026-12-26T09:00 --person bob --reason "swapped"',
    'oncall override --take-back 0f3a5c7e9b1d',
  ])
    .option('--from <time>', 'by the clocks of the schedule: 2026-12-24T18:00; or in UTC: 2026-12-24T18:00Z')
    .option('--until <time>', 'the end, in the same way')
    .option('--person <name>', 'who stands in, as oncall.yml or channels.yml names people')
    .option('--reason <text>', 'why, for those who come after', '')
    .option('--take-back <id>', 'take an override back')
    .addOption(asPerson(door.user))
    .addOption(plainFormat())
    .action(async (options) => finish(await (await import('./commands/on-call.ts')).override(io, await wires(), options)));
  command(oncall, 'queue', 'What waits for the engineer: faults of the automation, then judgements, then incidents.', [
    'oncall queue',
    'oncall queue --format json',
  ])
    .addOption(plainFormat())
    .action(async (options) => finish(await (await import('./commands/on-call.ts')).queue(io, await wires(), options)));

  command(
    root,
    'health [account]',
    'Every account, source and playbook as working, blind or disarmed, with the reason; of one account, each of them.',
    ['health', 'health 111122223333', 'health --format json'],
  )
    .addOption(plainFormat())
    .option('--strict', 'exit with 1 when something is blind or disarmed')
    .action(async (account: string | undefined, options) =>
      finish(await (await import('./commands/health.ts')).health(io, await wires(), account, options)),
    );

  command(
    root,
    'load',
    'What each shift brought to people: judgements, repeats, pages, minutes, findings that needed no person; and what asked where it was too much.',
    ['load', 'load --days 30 --strict'],
  )
    .addOption(new Option('--days <n>', 'how far back').default(7).argParser(whole(1, 366)))
    .addOption(plainFormat())
    .option('--strict', 'exit with 1 when a shift was beyond the budget')
    .action(async (options) => finish(await (await import('./commands/load.ts')).load(io, await wires(), options)));

  command(
    root,
    'risks',
    'The risk register: open findings by part of the business, account and kind of loss, who accepts what, how far each is treated, and the trend.',
    ['risks', 'risks --unit payments', 'risks --account 111122223333 --format json'],
  )
    .option('--account <id>', 'of one account')
    .option('--unit <name>', 'of one part of the business, by its name in the tolerance')
    .addOption(new Option('--days <n>', 'how far back the trend goes').default(90).argParser(whole(1, 366)))
    .addOption(plainFormat())
    .action(async (options) => finish(await (await import('./commands/risks.ts')).risks(io, await wires(), options)));

  command(root, 'ack [page]', 'Take a page: nobody else is told of it any more. Without an id, lists what waits.', ['ack', 'ack 3c1f'])
    .addOption(asPerson(door.user))
    .addOption(plainFormat())
    .action(async (id: string | undefined, options) =>
      finish(await (await import('./commands/on-call.ts')).ack(io, await wires(), id, options)),
    );

  command(
    root,
    'assess',
    'Read the settings of an account and judge them: Pass, Fail, or Unknown with the missing permission. Keeps no state.',
    ['assess --profile audit', 'assess --endpoint-url http://127.0.0.1:5000 --regions us-east-1 --format ocsf'],
  )
    .option('--profile <name>', 'AWS profile; needs SecurityAudit')
    .option('--endpoint-url <url>', 'another place that answers as AWS')
    .addOption(regionsOption())
    .addOption(new Option('--format <format>', 'how results are printed').choices([...findingFormats, 'json']).default('table'))
    .option('--all', 'show what passes, too')
    .addOption(failOn())
    .option('--strict', 'exit with 3 when something is Unknown')
    .action(async (options) => finish(await (await import('./commands/assess.ts')).assess(io, await wires(), options)));

  const findings = command(root, 'findings', 'The findings that are stored.', [
    'findings list --severity Critical',
    'findings show 0f3a5c7e9b1d2f4a6c8e0b2d4f6a8c0e',
  ]);
  const states = ['open', 'acknowledged', 'suppressed', 'resolved', 'retracted'] as const;
  command(findings, 'list', 'List findings, the worst first.', ['findings list', 'findings list --state open --format ocsf'])
    .addOption(new Option('--state <state>', 'only findings in this state').choices(states))
    .addOption(new Option('--severity <severity>', 'only findings of this severity').choices(severities))
    .option('--rule <id>', 'only findings of this rule or control')
    .option('--account <id>', 'only findings of this account')
    .addOption(findingFormat())
    .addOption(limitOption())
    .action(async (options) => finish(await (await import('./commands/findings.ts')).listFindings(io, await wires(), options)));
  command(findings, 'show <id>', 'One finding with its evidence, its decision and what was done. The beginning of the id is enough.', [
    'findings show 0f3a5c7e',
    'findings show 0f3a5c7e --format json',
  ])
    .addOption(new Option('--format <format>', 'how it is printed').choices(['table', 'json', 'ocsf', 'asff', 'sarif']).default('table'))
    .action(async (id: string, options) =>
      finish(await (await import('./commands/findings.ts')).showFinding(io, await wires(), id, options)),
    );

  command(root, 'incidents [id]', 'Findings joined into incidents, those that page somebody first; or one, with its timeline.', [
    'incidents',
    'incidents --pages --format ocsf',
    'incidents 0f3a5c7e',
  ])
    .option('--pages', 'only those that page somebody')
    .option('--all', 'also those of which no finding is open')
    .addOption(new Option('--format <format>', 'how they are printed').choices(['table', 'json', 'ocsf']).default('table'))
    .addOption(limitOption())
    .action(async (id: string | undefined, options) =>
      finish(await (await import('./commands/incidents.ts')).incidents(io, await wires(), id, options)),
    );

  const incident = command(
    root,
    'incident',
    'What was declared because something blew up: who commands, who does what, who was told, and which clocks of the law run.',
    ['incident', 'incident declare 0f3a5c7e', 'incident show', 'incident task claim t1', 'incident close'],
  );
  const ofIncident = (made: Command): Command =>
    made.option('--id <id>', 'which one; of one that is open it need not be said').addOption(asPerson(door.user)).addOption(plainFormat());
  const incidentCommands = () => import('./commands/incident.ts');
  command(incident, 'list', 'The incidents that are declared, and those that automation proposes to declare.', [
    'incident',
    'incident list --all',
  ])
    .option('--all', 'also those that are over')
    .addOption(plainFormat())
    .action(async (options) => finish(await (await incidentCommands()).listDeclaredOnes(io, await wires(), options)));
  ofIncident(
    command(
      incident,
      'show [declared]',
      'One of them: commander, clocks, tasks, what happened, and what has to be so before it is closed.',
      ['incident show', 'incident show 4b1d --format json'],
    ),
  ).action(async (typed: string | undefined, options) =>
    finish(await (await incidentCommands()).showDeclared(io, await wires(), typed ?? options.id, options)),
  );
  command(
    incident,
    'declare [found]',
    'Declare an incident: one that was found, by its id, or what only people know of. Until it is closed, the load of questions is counted apart and there are no drills.',
    ['incident declare 0f3a5c7e', 'incident declare --title "Ransom note on the file server" --commander bob'],
  )
    .option('--title <text>', 'what has happened; that of the incident when it is left out', '')
    .addOption(new Option('--severity <severity>', 'how grave it is').choices(severities).default('Critical'))
    .option('--commander <name>', 'who commands; who declares it when it is left out', '')
    .addOption(asPerson(door.user))
    .addOption(plainFormat())
    .action(async (typed: string | undefined, options) =>
      finish(await (await incidentCommands()).declare(io, await wires(), typed, options)),
    );
  ofIncident(
    command(incident, 'dismiss', 'Say that what is proposed is none.', ['incident dismiss --id 4b1d --note "our own test"']).requiredOption(
      '--note <text>',
      'why',
    ),
  ).action(async ({ note, ...options }) =>
    finish(await (await incidentCommands()).command(io, await wires(), options, () => ({ do: 'dismiss', note }))),
  );
  for (const verb of ['join', 'leave'] as const)
    ofIncident(
      command(
        incident,
        verb,
        verb === 'join' ? 'Join those who work on it.' : 'Leave it: tasks that you had are free again. The commander hands over first.',
        [`incident ${verb}`],
      ),
    ).action(async (options) => finish(await (await incidentCommands()).command(io, await wires(), options, () => ({ do: verb }))));
  ofIncident(
    command(
      incident,
      'hand-over <person>',
      'Give the command to somebody; or take it yourself, with the reason, when the commander is gone.',
      ['incident hand-over bob', 'incident hand-over bob --as bob --note "alice does not answer"'],
    ).option('--note <text>', 'why', ''),
  ).action(async (to: string, { note, ...options }) =>
    finish(await (await incidentCommands()).command(io, await wires(), options, () => ({ do: 'hand-over', to, note }))),
  );
  for (const verb of ['attach', 'detach'] as const)
    ofIncident(
      command(
        incident,
        `${verb} <found>`,
        verb === 'attach' ? 'Say that an incident that was found belongs to it.' : 'Say that it does not belong to it.',
        [`incident ${verb} 0f3a5c7e --note "the same hand"`],
      ).option('--note <text>', 'why', ''),
    ).action(async (found: string, { note, ...options }) =>
      finish(await (await incidentCommands()).attach(io, await wires(), verb, found, note, options)),
    );

  const task = command(incident, 'task', 'Who does what: a task has one person at a time.', [
    'incident task add "Rotate the key"',
    'incident task claim t1',
  ]);
  ofIncident(command(task, 'add <text>', 'Add a task.', ['incident task add "Call the owner of the bucket"'])).action(
    async (text: string, options) =>
      finish(
        await (await incidentCommands()).command(io, await wires(), options, () => ({ do: 'add-task', text, draft: null, path: null })),
      ),
  );
  ofIncident(
    command(task, 'draft', 'Tasks that follow from the timeline and from the playbooks that answer its findings.', [
      'incident task draft',
      'incident task draft --add',
    ]).option('--add', 'add them'),
  ).action(async (options) => finish(await (await incidentCommands()).draft(io, await wires(), options)));
  for (const [verb, says] of [
    ['claim', 'Take a task that nobody has.'],
    ['release', 'Let go of a task; the commander may take it from somebody.'],
  ] as const)
    ofIncident(command(task, `${verb} <task>`, says, [`incident task ${verb} t1`])).action(async (one: string, options) =>
      finish(await (await incidentCommands()).command(io, await wires(), options, () => ({ do: verb, task: one }))),
    );
  for (const [verb, wish, says] of [
    ['done', 'finish', 'Say that a task is done, and what came of it.'],
    ['drop', 'drop', 'Say that a task is not needed, and why.'],
  ] as const)
    ofIncident(
      command(task, `${verb} <task>`, says, [`incident task ${verb} t1 --note "nothing was read"`]).option(
        '--note <text>',
        'what came of it, or why',
        '',
      ),
    ).action(async (one: string, { note, ...options }) =>
      finish(await (await incidentCommands()).command(io, await wires(), options, () => ({ do: wish, task: one, note }))),
    );

  const objective = command(incident, 'objective', 'What has to be so before it is over; the commander says so.', [
    'incident objective add "The shop sells again"',
    'incident objective reached o1',
  ]);
  ofIncident(command(objective, 'add <text>', 'Set an objective.', ['incident objective add "The shop sells again"'])).action(
    async (text: string, options) =>
      finish(await (await incidentCommands()).command(io, await wires(), options, () => ({ do: 'aim', text }))),
  );
  for (const [verb, wish, says] of [
    ['reached', 'reach', 'Say that it is reached.'],
    ['given-up', 'give-up', 'Say that it is given up, and why.'],
  ] as const)
    ofIncident(
      command(objective, `${verb} <objective>`, says, [`incident objective ${verb} o1 --note "as the logs show"`]).option(
        '--note <text>',
        'how, or why',
        '',
      ),
    ).action(async (one: string, { note, ...options }) =>
      finish(await (await incidentCommands()).command(io, await wires(), options, () => ({ do: wish, objective: one, note }))),
    );

  ofIncident(
    command(incident, 'say <text>', 'Write into the log of those who work on it.', ['incident say "The key was in a public repository"']),
  ).action(async (text: string, options) =>
    finish(await (await incidentCommands()).command(io, await wires(), options, () => ({ do: 'say', text }))),
  );
  ofIncident(
    command(
      incident,
      'tell <audience> <text>',
      'Tell somebody outside, by channels of channels.yml or as you say, and write down that you did.',
      [
        'incident tell "Example AG" "We are looking into it." --channel mail:security@example.com',
        'incident tell "The board" "Contained at 04:10." --by phone',
      ],
    )
      .addOption(new Option('--channel <name>', 'a channel, NAME or NAME:TO; may be given again').argParser(collect).default([]))
      .option('--by <means>', 'how it was told without us: phone, in person'),
  ).action(async (audience: string, text: string, options) =>
    finish(await (await incidentCommands()).tell(io, await wires(), audience, text, options)),
  );
  for (const [verb, wish, says] of [
    ['contained', 'contain', 'Say that it is contained: the intruder can do nothing more.'],
    ['not-contained', 'uncontain', 'Say that it is not contained any more, and why.'],
  ] as const)
    ofIncident(
      command(incident, verb, says, [`incident ${verb} --note "all keys are off"`]).option('--note <text>', 'how, or why', ''),
    ).action(async ({ note, ...options }) =>
      finish(await (await incidentCommands()).command(io, await wires(), options, () => ({ do: wish, note }))),
    );

  const clock = command(incident, 'clock', 'Clocks of the law and of contracts: a help to keep time by, and no legal advice.', [
    'incident clock',
    'incident clock start eu.gdpr --aware 2026-03-01T02:00Z',
    'incident clock met eu.gdpr/authority --note "BfDI, number 4711"',
  ]);
  const clockCommands = () => import('./commands/incident-clock.ts');
  ofIncident(command(clock, 'list', 'The clocks that run, and the obligations whose clocks can be started.', ['incident clock'])).action(
    async (options) => finish(await (await clockCommands()).listClocks(io, await wires(), options)),
  );
  ofIncident(
    command(clock, 'start [obligation]', 'Start the clocks of an obligation, from the moments that it runs from; or that of a contract.', [
      'incident clock start eu.nis2 --aware now',
      'incident clock start eu.dora --aware 2026-03-01T02:00Z --classified 2026-03-01T05:30Z',
      'incident clock start --contract "Example AG, section 12" --hours 24 --aware now',
    ])
      .addOption(new Option('--aware <time>', 'when it was known with reasonable certainty: 2026-03-01T02:00Z, or now').argParser(time))
      .addOption(
        new Option('--discovered <time>', 'the first day on which it was known, or would have been with ordinary care').argParser(time),
      )
      .addOption(new Option('--classified <time>', 'when it was classified as major').argParser(time))
      .addOption(new Option('--determined <time>', 'when it was determined to be material, or reportable').argParser(time))
      .option('--contract <name>', 'with whom, and where it stands')
      .addOption(new Option('--hours <n>', 'the time that the contract gives').argParser(whole(0, 8_784)))
      .option('--to <whom>', 'whom the contract wants told', ''),
  ).action(async (obligation: string | undefined, options) =>
    finish(await (await clockCommands()).startClocks(io, await wires(), obligation, options)),
  );
  ofIncident(
    command(clock, 'moment <obligation> <moment> <time>', 'Say when a moment was, or say it again: the ends follow.', [
      'incident clock moment eu.dora classified now',
    ]),
  ).action(async (obligation: string, moment: string, at: string, options) =>
    finish(await (await clockCommands()).setMoment(io, await wires(), obligation, moment, time(at), options)),
  );
  ofIncident(
    command(clock, 'met <clock>', 'Say that the duty was done: to whom, when, under which number.', [
      'incident clock met eu.gdpr/authority --note "BfDI, number 4711"',
    ])
      .addOption(new Option('--at <time>', 'when').argParser(time).default('now'))
      .requiredOption('--note <text>', 'to whom it was reported, and under which number'),
  ).action(async (one: string, options) => finish(await (await clockCommands()).meet(io, await wires(), one, options)));
  ofIncident(
    command(clock, 'waive <clock>', 'Say that it does not apply, and why. The commander does.', [
      'incident clock waive eu.gdpr/people --note "no high risk, says dora"',
    ]).requiredOption('--note <text>', 'why'),
  ).action(async (one: string, { note, ...options }) =>
    finish(await (await incidentCommands()).command(io, await wires(), options, () => ({ do: 'waive', clock: one, note }))),
  );
  ofIncident(
    command(clock, 'keep <clock> <person>', 'Say who keeps it: that person is reminded, also after the incident is closed.', [
      'incident clock keep eu.nis2/final-report dora',
    ]),
  ).action(async (one: string, keeper: string, options) =>
    finish(await (await incidentCommands()).command(io, await wires(), options, () => ({ do: 'keep', clock: one, keeper }))),
  );

  ofIncident(
    command(incident, 'lesson <text>', 'Note what is to be done so that it does not happen again, and make a ticket of it.', [
      'incident lesson "No long-lived keys for deployment" --channel tickets',
    ]).addOption(
      new Option('--channel <name>', 'a channel that makes tickets, NAME or NAME:PROJECT; may be given again')
        .argParser(collect)
        .default([]),
    ),
  ).action(async (text: string, options) => finish(await (await incidentCommands()).lesson(io, await wires(), text, options)));
  ofIncident(
    command(
      incident,
      'review [declared]',
      'Draft the review from the ledger and what is stored: what happened, how long it took, what the clocks said, and what to ask.',
      ['incident review > review.md', 'incident review --out review.pdf', 'incident review 4b1d --out review.md'],
    ).option('--out <file>', 'write it to this file: PDF when it ends in .pdf, else Markdown'),
  ).action(async (typed: string | undefined, options) =>
    finish(await (await import('./commands/incident-review.ts')).review(io, await wires(), typed ?? options.id, options)),
  );
  ofIncident(
    command(incident, 'close', 'What has to be so before it is closed; with --of, close and sign it.', [
      'incident close',
      'incident close --of 41 --note "keys rotated, nothing was taken"',
    ])
      .addOption(
        new Option('--of <n>', 'the number of the last event that you have read, as show prints it').argParser(whole(1, 1_000_000)),
      )
      .option('--note <text>', 'why it is over: that is signed', ''),
  ).action(async (options) => finish(await (await incidentCommands()).close(io, await wires(), options)));

  command(
    root,
    'judge [id] [nature]',
    'Say what a question is about, true-positive or benign, and how surely; then what is recommended is shown. Without an id, lists what waits.',
    ['judge', 'judge 3c1f', 'judge 3c1f benign --confidence 80'],
  )
    .addOption(confidenceOption())
    .addOption(asPerson(door.user))
    .addOption(plainFormat())
    .action(async (id: string | undefined, nature: string | undefined, options) =>
      finish(await (await import('./commands/judge.ts')).judge(io, await wires(), id, natureOf(nature), options)),
    );

  for (const verdict of ['approve', 'deny'] as const) {
    const what =
      verdict === 'approve'
        ? 'Approve what a judgement recommends; a worker carries it out.'
        : 'Deny what a judgement asks; nothing is done.';
    command(root, `${verdict} [id]`, `${what} Without an id, lists what waits.`, [
      verdict,
      `${verdict} 3c1f`,
      `${verdict} 3c1f --confidence 80`,
    ])
      .addOption(confidenceOption())
      .addOption(asPerson(door.user))
      .addOption(plainFormat())
      .action(async (id: string | undefined, options) =>
        finish(await (await import('./commands/answer.ts')).answer(io, await wires(), verdict, id, options)),
      );
  }

  command(
    root,
    'outcome [id] [nature]',
    'Say how a case turned out that somebody else has judged: true-positive or benign. Without an id, lists those of which nobody knows.',
    ['outcome', 'outcome 3c1f benign', 'outcome --all --format json'],
  )
    .option('--all', 'also those of which it is known')
    .addOption(asPerson(door.user))
    .addOption(plainFormat())
    .action(async (id: string | undefined, nature: string | undefined, options) =>
      finish(await (await import('./commands/outcome.ts')).outcome(io, await wires(), id, natureOf(nature), options)),
    );

  command(
    root,
    'scores',
    'How well you and the recommendation have judged: Brier score and calibration. Yours are private unless you share them.',
    ['scores', 'scores --share', 'scores --format json'],
  )
    .option('--share', 'show your scores to others')
    .option('--no-share', 'show them to nobody else any more')
    .addOption(asPerson(door.user))
    .addOption(plainFormat())
    .action(async (options) =>
      finish(await (await import('./commands/scores.ts')).scores(io, await wires(), { ...options, user: door.user })),
    );

  const proposals = command(
    root,
    'proposals',
    'What judgements would change so that the same is not asked again. Another person adopts or rejects it, after the shift.',
    ['proposals', 'proposals adopt 3c1f --note "it is the pipeline"'],
  );
  command(proposals, 'list', 'List proposals with what they would have closed over history.', [
    'proposals',
    'proposals list --all --format json',
  ])
    .option('--all', 'also those that do not wait any more')
    .addOption(asPerson(door.user))
    .addOption(plainFormat())
    .action(async (options) => finish(await (await import('./commands/proposals.ts')).listProposed(io, await wires(), options)));
  for (const [verdict, what] of [
    ['adopt', 'Let it hold, until it expires.'],
    ['reject', 'Turn it down.'],
    ['revoke', 'Take back what was adopted.'],
  ] as const) {
    command(proposals, `${verdict} <id>`, what, [`proposals ${verdict} 3c1f`])
      .option('--note <text>', 'why, for those who come after', '')
      .addOption(asPerson(door.user))
      .addOption(plainFormat())
      .action(async (id: string, options) =>
        finish(await (await import('./commands/proposals.ts')).review(io, await wires(), id, verdict, options)),
      );
  }

  command(proposals, 'draft <id>', 'Print Sigma to begin with: what was written for it, or a filter or rule made of the case.', [
    'proposals draft 3c1f > narrower.yml',
  ]).action(async (id: string) => finish(await (await import('./commands/proposals.ts')).draft(io, await wires(), id)));
  command(proposals, 'playbooks <id>', 'List playbooks that could be offered about what was judged to be an attack.', [
    'proposals playbooks 3c1f',
  ])
    .addOption(plainFormat())
    .action(async (id: string, options) =>
      finish(await (await import('./commands/proposals.ts')).candidates(io, await wires(), id, options)),
    );
  command(
    proposals,
    'assign <id> <playbook>',
    'Propose to offer a playbook about it: it is tried on history, and another person reviews it.',
    ['proposals assign 3c1f aws.s3.block-public-access'],
  )
    .addOption(asPerson(door.user))
    .action(async (id: string, playbook: string, options) =>
      finish(await (await import('./commands/proposals.ts')).assign(io, await wires(), id, playbook, options)),
    );
  command(proposals, 'write <id> <file>', 'Put Sigma rules or filters to it: they are tried on history, and another person reviews them.', [
    'proposals write 3c1f narrower.yml',
  ])
    .addOption(asPerson(door.user))
    .action(async (id: string, file: string, options) =>
      finish(await (await import('./commands/proposals.ts')).write(io, await wires(), id, file, options)),
    );

  command(root, 'tolerance', 'The holes that hold: exemptions of the tolerance file, and what was adopted from judgements.', ['tolerance'])
    .addOption(plainFormat())
    .action(async (options) => finish(await (await import('./commands/proposals.ts')).tolerance(io, await wires(), options)));

  const policy = command(
    root,
    'policy',
    'What tolerance.yml and the other files of the home said and when, and edits that wait for a second person.',
    ['policy history'],
  );
  const policyFile = () =>
    new Option('--file <file>', 'which file').choices(['tolerance.yml', 'rules', 'oncall.yml', 'channels.yml']).default('tolerance.yml');
  command(policy, 'history', 'The versions of a file, with when it held, who owned the file, its hash and its leaf of the ledger.', [
    'policy history',
    'policy history --file oncall.yml',
  ])
    .addOption(policyFile())
    .addOption(plainFormat())
    .action(async (options) => finish(await (await import('./commands/policy.ts')).history(io, await wires(), options)));
  command(policy, 'show <version>', 'The text of a version.', ['policy show 3'])
    .addOption(policyFile())
    .action(async (version: string, options) =>
      finish(await (await import('./commands/policy.ts')).show(io, await wires(), version, options)),
    );
  command(policy, 'diff <a> <b>', 'Two versions, line by line.', ['policy diff 2 3'])
    .addOption(policyFile())
    .action(async (a: string, b: string, options) =>
      finish(await (await import('./commands/policy.ts')).diff(io, await wires(), a, b, options)),
    );
  command(
    policy,
    'review [hash]',
    'Let an edit of tolerance.yml hold that lets automation do or accept more, or turn it down; without a hash, show what waits.',
    ['policy review', 'policy review 3c1f0a2b9d4e --as bob', 'policy review 3c1f0a2b9d4e --as bob --reject'],
  )
    .option('--reject', 'turn it down')
    .addOption(asPerson(door.user))
    .action(async (hash: string | undefined, options) =>
      finish(await (await import('./commands/policy.ts')).review(io, await wires(), hash, options)),
    );

  command(
    root,
    'audit-sample',
    'How much of what automation closed was closed wrongly: blind samples that the backup team judges in office hours, outside of the load budget.',
    ['audit-sample', 'audit-sample --draw --as dora', 'audit-sample --format json'],
  )
    .option('--draw', 'put a sample of what was closed since the last one among your questions now')
    .addOption(asPerson(door.user))
    .addOption(plainFormat())
    .action(async (options) => finish(await (await import('./commands/audit-sample.ts')).auditSample(io, await wires(), options)));

  command(
    root,
    'investigate [id] [nature]',
    'Look into an ARN, an access key or an address on a hunch alone: findings, decisions, actions and questions to the lake. It ends with what it is, and is scored.',
    [
      'investigate',
      'investigate --about AKIAIOSFODNN7EXAMPLE --says "the key of somebody who left"',
      'investigate 3c1f benign --confidence 80',
    ],
  )
    .option('--about <what>', 'an ARN, an access key or an address')
    .option('--says <text>', 'what makes you look')
    .addOption(confidenceOption())
    .addOption(asPerson(door.user))
    .addOption(plainFormat())
    .action(async (id: string | undefined, nature: string | undefined, options) =>
      finish(await (await import('./commands/investigate.ts')).investigate(io, await wires(), id, natureOf(nature), options)),
    );

  const drill = command(
    root,
    'drill',
    'Exercises: a card that looks like a real one, is scored, and can do nothing. Lists those that you have answered.',
    ['drill', 'drill start', 'drill start --campaign stolen-deploy-key'],
  );
  command(drill, 'list', 'List your exercises that were answered.', ['drill list --format json'])
    .addOption(asPerson(door.user))
    .addOption(plainFormat())
    .action(async (options) => finish(await (await import('./commands/drill.ts')).listDrills(io, await wires(), options)));
  command(drill, 'start', 'Put a drill among your questions. None while an incident that pages is open.', ['drill start'])
    .option('--campaign <id>', 'a campaign of the simulated organisation, or a case; any that you have not had, when not given')
    .addOption(asPerson(door.user))
    .addOption(plainFormat())
    .action(async (options) => finish(await (await import('./commands/drill.ts')).startDrill(io, await wires(), options)));

  command(root, 'actions', 'What was done and what would have been done, the newest first.', [
    'actions',
    'actions --state verified --format json',
  ])
    .option('--state <state>', 'only actions in this state')
    .addOption(plainFormat())
    .addOption(limitOption())
    .action(async (options) => finish(await (await import('./commands/actions.ts')).actions(io, await wires(), options)));

  command(root, 'changes', 'What was mended and came back: changes that belong into the code that writes it, with whose they are.', [
    'changes',
    'changes --format json',
  ])
    .addOption(plainFormat())
    .action(async (options) => finish(await (await import('./commands/changes.ts')).changes(io, await wires(), options)));

  command(
    root,
    'undo <action>',
    'Bring back what was before an action. When somebody changed it since, it shows the difference and asks.',
    ['undo 9b1d2f4a', 'undo 9b1d2f4a --overwrite'],
  )
    .option('--overwrite', 'bring it back although somebody has changed it since')
    .addOption(new Option('--wait <seconds>', 'how long to wait for a worker to do it').default(60).argParser(whole(0, 3600)))
    .addOption(asPerson(door.user))
    .addOption(plainFormat())
    .action(async (id: string, options) => finish(await (await import('./commands/undo.ts')).undo(io, await wires(), id, options)));

  command(
    root,
    'arm [playbook]',
    'Let a playbook act in an account, when its list is signed and jobzero is well. Without a playbook, lists what is armed.',
    ['arm', 'arm aws.iam.contain-access-key --account 111122223333'],
  )
    .option('--account <id>', 'the account: 12 digits, or * for all')
    .addOption(asPerson(door.user))
    .addOption(plainFormat())
    .action(async (playbook: string | undefined, options) =>
      finish(await (await import('./commands/arm.ts')).arm(io, await wires(), playbook, true, options)),
    );

  command(
    root,
    'shadow [playbook]',
    'What playbooks would have done while they were not armed. With --sign, you stand for the list that you have seen.',
    [
      'shadow',
      'shadow aws.iam.contain-access-key --account 111122223333',
      'shadow aws.iam.contain-access-key --account 111122223333 --sign 6f1d…',
    ],
  )
    .option('--account <id>', 'the account: 12 digits, or * for all')
    .option('--sign <list>', 'the hash of the list as it was shown')
    .addOption(asPerson(door.user))
    .addOption(plainFormat())
    .action(async (playbook: string | undefined, options) =>
      finish(await (await import('./commands/shadow.ts')).shadow(io, await wires(), playbook, options)),
    );

  command(
    root,
    'doctor',
    'Whether jobzero itself is well: its roles, sign-in, keys, feeds, and its witnesses outside. Nothing is armed while it is not.',
    ['doctor', 'doctor --now --format json'],
  )
    .option('--now', 'have what runs look again, and wait for it')
    .addOption(plainFormat())
    .action(async (options) => finish(await (await import('./commands/doctor.ts')).doctor(io, await wires(), door.signal, options)));

  command(root, 'disarm <playbook>', 'Take that back: the playbook says what it would do, and does nothing.', [
    'disarm aws.iam.contain-access-key --account 111122223333',
  ])
    .requiredOption('--account <id>', 'the account: 12 digits, or * for all')
    .addOption(asPerson(door.user))
    .addOption(plainFormat())
    .action(async (playbook: string, options) =>
      finish(await (await import('./commands/arm.ts')).arm(io, await wires(), playbook, false, options)),
    );

  command(root, 'stop', 'The stop button: automation does nothing until it is released.', [
    'stop --reason "a release is running"',
    'stop --off',
  ])
    .option('--off', 'release it')
    .option('--reason <text>', 'why, for those who come after', '')
    .addOption(asPerson(door.user))
    .addOption(plainFormat())
    .action(async (options) => finish(await (await import('./commands/stop.ts')).stop(io, await wires(), options)));

  command(
    root,
    'backtest <rule...>',
    "What rules would have raised on the lake's history. A rule is a file, a folder, or the id of one of our own.",
    [
      'backtest my-rule.yml --from 2026-01-01 --to 2026-02-01',
      'backtest aws.iam.access-key-created-for-other-user --format json',
      'backtest rules/ --logs logs/',
    ],
  )
    .addOption(new Option('--from <time>', 'events from this time on, in UTC: 2026-01-31 or 2026-01-31T08:00:00Z').argParser(instant))
    .addOption(new Option('--to <time>', 'events before this time').argParser(instant))
    .addOption(new Option('--logs <path>', 'log files instead of the lake; may be given again').argParser(collect).default([]))
    .addOption(plainFormat())
    .addOption(limitOption())
    .option('--strict', 'exit with 3 when a rule was refused')
    .action(async (rules: string[], options) =>
      finish(await (await import('./commands/backtest.ts')).backtest(io, await wires(), rules, options)),
    );

  command(
    root,
    'query [sql]',
    'Ask the lake in SQL that only reads: the views events, cloudtrail and one for each other source; or a ready question.',
    [
      'query --questions',
      'query --question aws.iam.key-used --param key=AKIAIOSFODNN7EXAMPLE --from 2026-01-01',
      'query "select eventName, count(*) from cloudtrail group by 1 order by 2 desc" --format csv',
      'query "select * from events limit 5" --logs logs/',
    ],
  )
    .option('--question <id>', 'a ready question')
    .option('--questions', 'list the ready questions')
    .addOption(new Option('--param <name=value>', 'a parameter: $name in the SQL; may be given again').argParser(collect).default([]))
    .addOption(new Option('--from <time>', 'events from this time on, in UTC: 2026-01-31 or 2026-01-31T08:00:00Z').argParser(instant))
    .addOption(new Option('--to <time>', 'events before this time').argParser(instant))
    .addOption(new Option('--logs <path>', 'log files instead of the lake; may be given again').argParser(collect).default([]))
    .addOption(new Option('--seconds <n>', 'how long it may take').default(600).argParser(whole(1, 86_400)))
    .addOption(new Option('--format <format>', 'how rows are printed').choices(['table', 'json', 'csv']).default('table'))
    .addOption(limitOption())
    .action(async (sql: string | undefined, options) =>
      finish(await (await import('./commands/query.ts')).query(io, await wires(), sql, options)),
    );

  command(
    root,
    'replay',
    'Decide every stored decision again from its stored arguments with the stored engine, and compare the bytes; or with another policy, and show what would change.',
    ['replay', 'replay --policy tolerance-new.yml --from 2026-01-01', 'replay --policy narrower.yml', 'replay --playbooks --format json'],
  )
    .option(
      '--policy <path>',
      'a tolerance file, a file of rules or filters, or a folder with tolerance.yml and rules: what it would have found and decided',
    )
    .option('--playbooks', 'let the playbooks of now make the offers', false)
    .addOption(
      new Option('--from <time>', 'with a policy: decisions from this time on, in UTC: 2026-01-31 or 2026-01-31T08:00:00Z').argParser(
        instant,
      ),
    )
    .addOption(new Option('--to <time>', 'decisions before this time').argParser(instant))
    .addOption(plainFormat())
    .action(async (options) => finish(await (await import('./commands/replay.ts')).replay(io, await wires(), options)));

  const ledger = command(root, 'ledger', 'The ledger of all that was found, decided and done.', ['ledger verify']);
  command(ledger, 'verify', 'Recompute the ledger from its leaves. The basis says what the answer rests on.', [
    'ledger verify',
    'ledger verify --checkpoint /mnt/elsewhere/checkpoint.txt',
  ])
    .addOption(new Option('--checkpoint <file>', 'a checkpoint that was kept elsewhere; may be given again').argParser(collect).default([]))
    .addOption(plainFormat())
    .action(async (options) => finish(await (await import('./commands/ledger.ts')).verify(io, await wires(), options)));
  command(ledger, 'prove [leaf]', 'Prove that a leaf is in the ledger, or that the ledger continues an earlier checkpoint; prints JSON.', [
    'ledger prove 1024',
    'ledger prove --since checkpoints-of-last-month.log',
  ])
    .option('--since <file>', 'an earlier checkpoint; of a file of many, the last')
    .action(async (leaf: string | undefined, options) =>
      finish(await (await import('./commands/ledger.ts')).prove(io, await wires(), leaf, options)),
    );
  command(
    ledger,
    'check-proof <file>',
    'Check a proof that "ledger prove" made with nothing but public keys, and checkpoints that were kept elsewhere. Needs no database.',
    [
      'ledger check-proof proof.json --key jobzero.pem',
      'ledger check-proof proof.json --key jobzero/default+0a1b2c3d+AVTl... --checkpoint checkpoints-of-last-month.log',
    ],
  )
    .addOption(publicKey())
    .addOption(new Option('--checkpoint <file>', 'a checkpoint that was kept elsewhere; may be given again').argParser(collect).default([]))
    .option('--origin <name>', 'the log that the proof must be of, such as jobzero/default')
    .addOption(plainFormat())
    .action(async (file: string, options) =>
      finish(await (await import('./commands/ledger.ts')).checkProof(io, await wires(), file, options)),
    );
  command(ledger, 'key', 'Print the public key that checkpoints are signed with.', ['ledger key', 'ledger key --pem'])
    .option('--pem', 'in PEM, as other tools read it')
    .action(async (options) => finish(await (await import('./commands/ledger.ts')).key(io, await wires(), options)));
  command(ledger, 'show <leaf>', 'Show a leaf and whom it means; leaves themselves name nobody.', ['ledger show 1024'])
    .addOption(plainFormat())
    .action(async (leaf: string, options) => finish(await (await import('./commands/ledger.ts')).show(io, await wires(), leaf, options)));
  command(
    ledger,
    'forget <person>',
    'Destroy the secret by which leaves of a person are read: what they say of the person until now names nobody any more. It cannot be undone.',
    ['ledger forget alice --yes'],
  )
    .option('--yes', 'it is meant')
    .action(async (person: string, options) =>
      finish(await (await import('./commands/ledger.ts')).forget(io, await wires(), person, options)),
    );
  command(ledger, 'export <file>', 'Write all leaves and checkpoints to a gzipped file for an auditor.', [
    'ledger export ledger.ndjson.gz',
  ]).action(async (file: string) => finish(await (await import('./commands/ledger.ts')).exportTo(io, await wires(), file)));
  command(
    ledger,
    'audit <file>',
    'Check an export with nothing but public keys, and checkpoints that were kept elsewhere. Needs no database.',
    ['ledger audit ledger.ndjson.gz --key jobzero/default+0a1b2c3d+AVTl... --checkpoint checkpoints-of-last-month.log'],
  )
    .addOption(publicKey())
    .addOption(new Option('--checkpoint <file>', 'a checkpoint that was kept elsewhere; may be given again').argParser(collect).default([]))
    .addOption(plainFormat())
    .action(async (file: string, options) => finish(await (await import('./commands/ledger.ts')).audit(io, await wires(), file, options)));

  command(root, 'backup <file>', 'Write all state to a file that any later version can restore.', ['backup jobzero.backup'])
    .addOption(plainFormat())
    .action(async (file: string, options) => finish(await (await import('./commands/backup.ts')).backup(io, await wires(), file, options)));

  command(root, 'restore <file>', 'Read a backup into an empty database.', ['restore jobzero.backup'])
    .addOption(plainFormat())
    .action(async (file: string, options) =>
      finish(await (await import('./commands/backup.ts')).restore(io, await wires(), file, options)),
    );

  command(root, 'range', 'The simulated organisation: write its logs with the ground truth, or serve its cloud.', [
    'range --out range-logs --seed 7',
    'range --out large --accounts 100 --events 10000000 --days 7 --chaos',
    'range --out mine --campaigns my-campaigns --no-own',
    'range --serve --port 5600',
  ])
    .option(
      '--out <dir>',
      'write logs in real formats to this folder, the ground truth to DIR.truth.json and its own accounts, a list, to DIR.lists beside it',
    )
    .addOption(new Option('--seed <n>', 'the same seed gives the same bytes').default(1).argParser(whole(0, 2 ** 31)))
    .addOption(new Option('--accounts <n>', 'accounts of the organisation').default(3).argParser(whole(1, 1000)))
    .addOption(new Option('--events <n>', 'events in all').default(30_000).argParser(whole(1, 1_000_000_000)))
    .addOption(new Option('--days <n>', 'how long they take').default(1).argParser(whole(1, 366)))
    .addOption(new Option('--start <day>', 'the first day: 2026-01-05 unless given').argParser(day))
    .addOption(new Option('--campaigns <dir>', 'campaigns of a folder beside our own; may be given again').argParser(collect).default([]))
    .addOption(new Option('--flows <n>', 'lines of VPC flow logs, beside those of campaigns').default(0).argParser(whole(0, 1_000_000_000)))
    .addOption(
      new Option('--queries <n>', 'queries to Route 53 Resolver, beside those of campaigns').default(0).argParser(whole(0, 1_000_000_000)),
    )
    .addOption(
      new Option('--web <n>', 'lines of access logs of Application Load Balancers, beside those of campaigns')
        .default(0)
        .argParser(whole(0, 1_000_000_000)),
    )
    .addOption(new Option('--eks <n>', 'events of EKS audit logs, beside those of campaigns').default(0).argParser(whole(0, 1_000_000_000)))
    .addOption(
      new Option('--s3-access <n>', 'lines of access logs of buckets, beside those of campaigns')
        .default(0)
        .argParser(whole(0, 1_000_000_000)),
    )
    .addOption(
      new Option('--databases <n>', 'lines of logs of database engines, beside those of campaigns')
        .default(0)
        .argParser(whole(0, 1_000_000_000)),
    )
    .addOption(
      new Option('--sign-ins <n>', 'events of user pools, beside those of campaigns').default(0).argParser(whole(0, 1_000_000_000)),
    )
    .addOption(
      new Option('--edge <n>', 'lines of CloudFront, of its web ACL and of the load balancer behind it, beside those of campaigns')
        .default(0)
        .argParser(whole(0, 1_000_000_000)),
    )
    .addOption(
      new Option('--api <n>', 'lines of API Gateway and of its web ACL, beside those of campaigns')
        .default(0)
        .argParser(whole(0, 1_000_000_000)),
    )
    .addOption(
      new Option('--nlb <n>', 'connections to Network Load Balancers, beside those of campaigns')
        .default(0)
        .argParser(whole(0, 1_000_000_000)),
    )
    .addOption(
      new Option('--clb <n>', 'lines of access logs of Classic Load Balancers, beside those of campaigns')
        .default(0)
        .argParser(whole(0, 1_000_000_000)),
    )
    .option('--all-logs', 'all kinds of logs, a tenth as many lines of each as there are events unless a number is given, and digests')
    .option('--digests', 'signed digest files of CloudTrail, and the keys to check them in DIR.public-keys.json')
    .option('--no-own', 'without our own campaigns')
    .option('--chaos', 'with benign work that looks bad: maintenance, drills, scanners, new people, accounts that join')
    .addOption(new Option('--campaign <id>', 'only this campaign; may be given again').argParser(collect).default([]))
    .addOption(new Option('--rate <n>', 'events a second, instead of as fast as it goes').argParser(whole(1, 1_000_000)))
    .option('--serve', 'serve the simulated cloud over HTTP until interrupted')
    .addOption(new Option('--port <n>', 'port for --serve').default(5600).argParser(whole(1, 65535)))
    .addOption(plainFormat())
    .action(async (options) => finish(await (await import('./commands/range.ts')).range(io, await wires(), door.signal, options)));

  command(root, 'sign-in', 'Print a one-time link that signs in at the console that runs here.', ['sign-in', 'sign-in --as dana --own'])
    .addOption(new Option('--as <name>', 'whom it signs in').default(door.user, 'the user who is logged in'))
    .option('--own', 'only to what this person is asked, and may mend of their own')
    .addOption(plainFormat())
    .action(async (options) => finish(await (await import('./commands/sign-in.ts')).signIn(io, await wires(), options)));

  const passkeys = command(root, 'passkeys', 'Whose passkeys are registered; in the console everybody registers and removes their own.', [
    'passkeys',
    'passkeys remove 3f2a',
  ]);
  command(passkeys, 'list', 'List them.', ['passkeys'])
    .addOption(plainFormat())
    .action(async (options) => finish(await (await import('./commands/passkeys.ts')).passkeys(io, await wires(), options)));
  command(passkeys, 'remove <passkey>', 'Remove one, of whoever has lost all of theirs.', ['passkeys remove 3f2a'])
    .addOption(asPerson(door.user))
    .addOption(plainFormat())
    .action(async (passkey: string, options) =>
      finish(await (await import('./commands/passkeys.ts')).remove(io, await wires(), passkey, options)),
    );

  command(
    root,
    'worker',
    'Take work from the database of JOBZERO_DATABASE_URL until interrupted; `up` starts its own.',
    ['worker'],
    true,
  ).action(async () => {
    await (await wires()).worker({ signal: door.signal });
    finish(exitCodes.ok.code);
  });

  addDebug(root);
  const width = Math.min(io.out.columns ?? 100, 120);
  root.addHelpText(
    'after',
    `\nExit codes:\n${Object.values(exitCodes)
      .map(({ code, means }) => exitLine(code, means, width))
      .join('')}`,
  );
  return root;
}

/** Last among the options of every command. */
function addDebug(command: Command): void {
  for (const child of command.commands) {
    child.option('--debug', 'print where an error came from');
    addDebug(child);
  }
}

function exitLine(code: number, means: string, width: number): string {
  return wrapToWidth(means, width - 7)
    .map((line, i) => `  ${i === 0 ? String(code).padStart(3) : '   '}  ${line}\n`)
    .join('');
}

const publicKey = () =>
  new Option('--key <key>', 'a public key as "ledger key" prints it, or a file of it or of PEM; may be given again')
    .argParser(collect)
    .default([]);
const plainFormat = (): Option => new Option('--format <format>', 'how results are printed').choices(['table', 'json']).default('table');

const findingFormat = (): Option =>
  new Option('--format <format>', 'how findings are printed; ocsf is one event a line').choices(findingFormats).default('table');

const limitOption = (): Option =>
  new Option('--limit <n>', 'rows of a table; other formats print all').default(50).argParser(whole(1, 1_000_000));

const failOn = (): Option =>
  new Option('--fail-on <severity>', 'exit with 1 when there is a finding of this severity or above').choices(
    severities satisfies readonly Severity[],
  );

const asPerson = (user: string): Option =>
  new Option('--as <name>', 'who says so, for the ledger').default(user, 'the user who is logged in');

const confidenceOption = (): Option =>
  new Option('--confidence <n>', 'how sure you are before any advice, in per cent: 50 to 99').argParser(whole(50, 99));

function natureOf(value: string | undefined): Nature | undefined {
  if (value === undefined || value === 'true-positive' || value === 'benign') return value;
  throw new InputError('say true-positive or benign', value);
}

const regionsOption = (): Option =>
  new Option('--regions <list>', 'Regions, separated by commas; all that are enabled when not given').argParser((value) => {
    const regions = value.split(',').filter((region) => region !== '');
    const bad = regions.find((region) => !/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region));
    if (regions.length === 0 || bad !== undefined) throw new InvalidArgumentError(`"${bad ?? value}" is no Region.`);
    return regions;
  });

function collect(value: string, before: unknown): string[] {
  return [...(Array.isArray(before) ? before : []), value];
}

/** A day in UTC, in milliseconds since 1970. */
function day(value: string): number {
  const time = /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time)) throw new InvalidArgumentError('It must be a day: 2026-01-31.');
  return time;
}

/** A day or an instant in UTC, in milliseconds since 1970. */
function instant(value: string): number {
  const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw new InvalidArgumentError('It must be a day or a time in UTC: 2026-01-31 or 2026-01-31T08:00:00Z.');
  return time;
}

/** An instant in UTC, or now. */
function time(value: string): number | 'now' {
  return value === 'now' ? 'now' : instant(value);
}

/** A whole number within bounds. */
function whole(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max)
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return number;
  };
}
