import type { DecisionFact, MonthFacts } from './run-month.ts';

/** The stories of these runs, a line for each thing that happened: calls that succeeded or failed, findings with what was decided, actions and questions. */
export function storiesOf(facts: MonthFacts, runs: readonly string[]): string {
  return runs.map((run) => [`== ${run}`, ...storyOf(facts, run)].join('\n')).join('\n\n');
}

interface Line {
  readonly at: number;
  readonly text: string;
}

function storyOf({ calls, decisions, findings, actions, questions, truth }: MonthFacts, run: string): readonly string[] {
  const own = new Set(findings.flatMap(({ row, attacks }) => (attacks.includes(run) ? [row.finding.id] : [])));
  const lines: Line[] = [];
  for (const call of calls)
    if (call.campaign === run && call.attacker)
      lines.push({
        at: call.at,
        text: `${call.errorCode === null ? '      ' : 'failed'} ${call.step}: ${call.action} by ${call.principal ?? 'somebody'} in ${call.account}`,
      });
  const last = new Map<string, string>();
  for (const fact of decisions) {
    if (!own.has(fact.finding.id) || !truth.attacksIn(fact.finding.evidence).includes(run)) continue;
    const text = decided(fact);
    if (last.get(fact.finding.id) === text) continue;
    last.set(fact.finding.id, text);
    lines.push({ at: fact.at, text });
  }
  for (const action of actions)
    if (own.has(action.finding))
      lines.push({
        at: action.plannedAt,
        text: `ACTION ${action.playbook} on ${action.target.uid} by ${action.by}: ${action.state}, ${action.reason}`,
      });
  for (const asked of questions)
    if (asked.runs.has(run))
      lines.push({ at: asked.askedAt, text: `ASKED the engineer: ${asked.question} ${asked.verdict ?? 'unanswered'}` });
  for (const { row, life } of findings)
    if (own.has(row.finding.id))
      for (const { at, event, note, by } of life)
        if (event !== 'raised') lines.push({ at, text: `       ${row.finding.rule.id} ${event} by ${by}: ${note}` });
  return lines.sort((a, b) => a.at - b.at).map(({ at, text }) => `${new Date(at).toISOString().slice(5, 16)} ${text}`);
}

function decided({ finding, decision }: DecisionFact): string {
  const { verdict, guardrails, actions, asks, first } = decision;
  const what = [...actions, ...(asks ?? [])].map(({ playbook }) => playbook).join(', ');
  const who = first === undefined ? '' : ` first ${first.person}`;
  return `FOUND ${finding.severity} ${finding.rule.id} by ${finding.actor?.uid ?? 'nobody'}: ${verdict}${who} [${guardrails.join(', ')}] ${what}`;
}
