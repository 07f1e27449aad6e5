import type { Finding } from '../../core/model/finding.ts';
import type { Playbook } from '../../core/model/plan.ts';
import type { Tx } from '../../core/ports/store.ts';
import { playbookTitle } from '../console/playbook-of.ts';
import { cardOfJudgement } from '../exercise/card-of-judgement.ts';
import { disguiseCard } from '../exercise/disguise-card.ts';
import type { ExerciseCard } from '../exercise/exercise.ts';
import { caseKind, caseOf } from './cases.ts';
import { contextOf, decisionOn } from './context-of.ts';

/** The card of a case in disguise, from what was read then; null where retention removed it. */
export async function cardOfCase(
  tx: Tx,
  playbooks: readonly Playbook[],
  id: string,
  salt: string,
  at: number,
): Promise<ExerciseCard | null> {
  const item = await tx.items.get(caseKind, id);
  const judgement = await tx.judgements.get(id);
  if (item === null || judgement === null) return null;
  const { finding: findingId, revision } = caseOf(item);
  const row = await decisionOn(tx, findingId, revision);
  const text = row === null ? null : await tx.documents.get(row.findingHash);
  const finding = text === null ? ((await tx.findings.get(findingId))?.finding ?? null) : (JSON.parse(text) as Finding);
  if (finding === null || finding.revision !== revision) return null;
  return disguiseCard(
    cardOfJudgement(
      judgement,
      finding,
      (playbook) => playbookTitle(playbooks, playbook),
      (await contextOf(tx, findingId, revision))?.about ?? null,
    ),
    salt,
    at,
  );
}
