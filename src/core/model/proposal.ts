import type { Assignment, Exemption, Grant } from './tolerance.ts';

/** What a judgement proposes to change, so that the same is not asked again. */
export type ProposedChange =
  /** Findings of this rule by this actor on this resource are closed. */
  | { readonly kind: 'exemption'; readonly exemption: Exemption }
  /** Automation may do alone what it asked about. */
  | { readonly kind: 'grant'; readonly grant: Grant }
  /** A playbook is offered about what it was not made for. */
  | { readonly kind: 'assignment'; readonly assignment: Assignment }
  /** Work for who writes rules or playbooks: nothing changes by itself. */
  | { readonly kind: 'rule' | 'playbook'; readonly says: string };
