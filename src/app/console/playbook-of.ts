import type { Playbook } from '../../core/model/plan.ts';

/** The playbook of this id and version; of another version only its id is known, so null. */
export function playbookOf(playbooks: readonly Playbook[], id: string, version: number): Playbook | null {
  return playbooks.find((playbook) => playbook.id === id && playbook.version === version) ?? null;
}

/** The title of a playbook, or its id where that version is gone. */
export function playbookTitle(playbooks: readonly Playbook[], id: string): string {
  return playbooks.find((playbook) => playbook.id === id)?.title ?? id;
}
