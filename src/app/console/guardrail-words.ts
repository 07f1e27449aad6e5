import type { Guardrail } from '../../core/model/decision.ts';

/** A guardrail as a person reads it: why automation did not act alone. */
export const guardrailWords: { readonly [code in Guardrail]: string } = {
  stopped: 'The stop button is pressed.',
  'not-armed': 'The playbook is not armed in this account, so it may only say what it would do.',
  'shadow-unsigned': 'The list of what it would have done in this account has not been signed by the owner.',
  irreversible: 'What it does cannot be undone.',
  'approval-required': 'The playbook always asks a person first.',
  'protected-principal': 'It touches a principal that is on the protected list.',
  'own-path': 'It touches what jobzero or a break-glass path needs itself.',
  'change-freeze': 'A change freeze is on.',
  'cap-per-run': 'Automation has done as much as it may in one run.',
  'cap-per-hour': 'Automation has done as much as it may in one hour.',
  exempted: 'The resource is exempted, with an owner and an end date.',
  'legitimate-use-unknown': 'No log says whether somebody uses what it closes.',
  'legitimate-use': 'Somebody has used what it closes lately.',
  'serves-production': 'It may serve production, and nothing here says that it does not.',
  'evidence-unvalidated': "Only log files say so: AWS's own event history does not confirm it.",
  'tolerance-forbids': 'Your tolerance forbids it here.',
  'tolerance-asks': 'Your tolerance wants a person asked here.',
  'severity-below-tolerance': 'The severity is below what your tolerance lets automation act on.',
  'no-playbook': 'No playbook answers this rule.',
  'no-target': 'The evidence does not name one thing to act on.',
  announced: 'It was announced: a change, a drill or a test, with its owner.',
  'actor-first': 'The person whose credentials did it is asked first.',
  duplicate: 'The same action was already taken for this.',
  flapping: 'It was mended before and is back: code writes it again, so the change belongs into that code.',
};
