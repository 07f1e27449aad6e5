import type { ProposedChange } from '../../core/model/proposal.ts';

/** What a change means, in a sentence. */
export function changeWords(change: ProposedChange): string {
  switch (change.kind) {
    case 'exemption': {
      const { rule, account, actor, resources = [] } = change.exemption;
      const about = resources.length === 0 ? 'nothing else' : resources.join(', ');
      return `Close what ${rule} finds in ${account ?? 'every account'}, where ${actor ?? 'anybody'} did all of it, about ${about}.`;
    }
    case 'grant': {
      const { rule, account, playbook, despite } = change.grant;
      return `Let ${playbook} answer ${rule} in ${account} alone, despite: ${despite.join(', ')}.`;
    }
    case 'assignment': {
      const { rule, account, playbook } = change.assignment;
      return `Offer ${playbook} about what ${rule} finds in ${account}, after asking.`;
    }
    case 'rule':
    case 'playbook':
      return change.says;
    default:
      return change satisfies never;
  }
}
