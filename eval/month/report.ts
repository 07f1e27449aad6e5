import { table } from '../../bench/print.ts';
import { severities } from '../../src/core/model/severity.ts';
import type { MonthScore, Share } from './score.ts';

/** What must hold, as docs/progress.md and the README of the eval name it. */
export interface Bar {
  readonly name: string;
  readonly value: string;
  readonly wanted: string;
  readonly met: boolean;
}

export function barsOf(score: MonthScore): readonly Bar[] {
  const grave = score.missed.Critical + score.missed.High;
  return [
    { name: 'missed attacks, high or above', value: String(grave), wanted: '0', met: grave === 0 },
    {
      name: 'wrong automatic actions',
      value: `${score.wrongAutomaticActions} of ${score.automaticActions}`,
      wanted: '0',
      met: score.wrongAutomaticActions === 0,
    },
    {
      name: 'wrong closures',
      value: `${score.wrongClosures} of ${score.closures} (95 %: at most ${percent(score.wrongClosureBound)})`,
      wanted: '0',
      met: score.wrongClosures === 0,
    },
    {
      name: 'judgements a shift, at most',
      value: `${score.perShift.max} (mean ${score.perShift.mean.toFixed(2)})`,
      wanted: '2',
      met: score.perShift.max <= 2,
    },
    {
      name: 'closed without a human',
      value: `${shareText(score.withoutHuman)}; without the engineer ${percent(score.withoutEngineer.share)}`,
      wanted: '99.5 %',
      met: score.withoutHuman.share >= 0.995,
    },
    {
      name: 'contained, of attacks on which calls went on',
      value: containment(score),
      wanted: 'all',
      met: score.campaigns.every(({ end }) => end !== 'not contained' && end !== 'missed'),
    },
    {
      name: 'from delivery to decision, p95',
      value: `${(score.processing.p95 / 1000).toFixed(1)} s`,
      wanted: 'under 10 s',
      met: score.processing.p95 < 10_000,
    },
    {
      name: 'decisions replayed to the same bytes',
      value: `${score.replay.same} of ${score.replay.of}`,
      wanted: 'all',
      met: score.replay.same === score.replay.of && score.replay.of > 0,
    },
    {
      name: 'ledger verified',
      value: `${score.ledger.ok ? 'yes' : 'NO'}, ${score.ledger.size} leaves, ${score.ledger.basis}`,
      wanted: 'yes',
      met: score.ledger.ok && score.ledger.basis === 'outside-checkpoint',
    },
  ];
}

function containment({ campaigns }: MonthScore): string {
  const by = (end: string) => campaigns.filter((one) => one.end === end).length;
  return `${by('contained')}; over before ${by('over')}; not ${by('not contained')}; told only ${by('told')}; missed ${by('missed')}`;
}

const mostRules = 25;

/** The whole measurement as text. */
export function reportText(name: string, score: MonthScore): string {
  const { decisions } = score;
  return [
    `${name}: ${score.events} events, ${score.findings} findings, ${Object.values(decisions).reduce((sum, n) => sum + n, 0)} decisions (${Object.entries(
      decisions,
    )
      .sort()
      .map(([verdict, n]) => `${verdict} ${n}`)
      .join(', ')}), ${Math.round(score.seconds)} s\n`,
    table(
      ['attack', 'calls', 'worked', 'findings', 'worst', 'end', 'after', 'failed after', 'data before', 'data after', 'by'],
      score.campaigns.map((one) => [
        one.run,
        String(one.calls),
        String(one.succeeded),
        String(one.findings),
        one.severity ?? '-',
        one.end,
        one.containedAfter === null ? '-' : showSpan(one.containedAfter),
        String(one.failedAfter),
        String(one.objectiveBefore),
        String(one.objectiveAfter),
        one.playbooks.map((id) => id.replace('aws.', '')).join(' ') ||
          [one.asked ? 'asked' : '', one.paged ? 'paged' : ''].join(' ').trim(),
      ]),
    ),
    table(
      ['figure', 'value'],
      [
        ['missed attacks by severity', severities.map((severity) => `${severity} ${score.missed[severity]}`).join(', ')],
        [
          'automatic actions; approved by people',
          `${score.automaticActions} (wrong ${score.wrongAutomaticActions}); ${score.approvedActions} (wrong ${score.wrongApprovedActions})`,
        ],
        [
          'closed by automation',
          `${score.closures} (wrong ${score.wrongClosures}; 95 %: at most ${percent(score.wrongClosureBound)} of n ${score.closures})`,
        ],
        [
          'judgements',
          `${score.judgements} (${score.judgementsOnAttacks} about attacks); a shift: at most ${score.perShift.max}, mean ${score.perShift.mean.toFixed(2)}`,
        ],
        ['questions to who did it', `${score.texts}, about ${score.askedActors} findings`],
        ['the same question again', String(score.repeatQuestions)],
        ['closed without anybody', shareText(score.withoutHuman)],
        ['of them, what no attack did', shareText(score.withoutHumanOfNoAttack)],
        ['closed without the engineer', shareText(score.withoutEngineer)],
        ['pages', `${score.pages}, ${score.pagesADay.toFixed(2)} a day; needless ${score.falsePages}`],
        [
          'from delivery to decision (real time)',
          `p50 ${Math.round(score.processing.p50)} ms, p95 ${Math.round(score.processing.p95)} ms, n ${score.processing.n}`,
        ],
        [
          'from event to decision (simulated: delivery and waiting)',
          `p50 ${showSpan(score.delivery.p50)}, p95 ${showSpan(score.delivery.p95)}`,
        ],
        ['replayed to the same bytes', `${score.replay.same} of ${score.replay.of}`],
        ['ledger', `${score.ledger.ok ? 'verified' : 'FAULTY'}, ${score.ledger.size} leaves, ${score.ledger.basis}`],
      ],
    ),
    table(
      ['not closed without anybody, by rule', 'findings', 'of attacks', 'who did it asked', 'engineer asked', 'still open'],
      score.needed
        .slice(0, mostRules)
        .map(({ rule, all, attacks, who, engineer, open }) => [rule, ...[all, attacks, who, engineer, open].map(String)]),
    ),
    score.wrong.length === 0
      ? 'nothing went wrong\n'
      : table(
          ['what went wrong', 'rule or attack', 'why', 'finding'],
          score.wrong.map(({ what, rule, why, finding }) => [what, rule, why.slice(0, 260), finding.slice(0, 8)]),
        ),
    table(
      ['bar', 'measured', 'wanted', ''],
      barsOf(score).map(({ name: bar, value, wanted, met }) => [bar, value, wanted, met ? 'met' : 'MISSED']),
    ),
  ].join('\n');
}

function shareText({ share, n, of }: Share): string {
  return `${percent(share)} (${n} of ${of})`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.01 ? 3 : 2)} %`;
}

function showSpan(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
