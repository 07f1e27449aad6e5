/** What GuardDuty calls the purpose of a threat, the first word of each type, as tactics of ATT&CK v19; what is no tactic has none. */
const purposes: { readonly [purpose: string]: string } = {
  Backdoor: 'command-and-control',
  CredentialAccess: 'credential-access',
  CryptoCurrency: 'impact',
  DefenseEvasion: 'stealth',
  Discovery: 'discovery',
  Execution: 'execution',
  Exfiltration: 'exfiltration',
  Impact: 'impact',
  InitialAccess: 'initial-access',
  Persistence: 'persistence',
  PrivilegeEscalation: 'privilege-escalation',
  Recon: 'reconnaissance',
  // Trails, access logs and password policies that were turned off.
  Stealth: 'defense-impairment',
  Trojan: 'command-and-control',
  UnauthorizedAccess: 'initial-access',
};

/** Where the rest of the type says it better than its purpose. */
const exact: { readonly [type: string]: string } = {
  'Recon:EC2/Portscan': 'discovery',
  'Trojan:EC2/DNSDataExfiltration': 'exfiltration',
  'UnauthorizedAccess:EC2/RDPBruteForce': 'credential-access',
  'UnauthorizedAccess:EC2/SSHBruteForce': 'credential-access',
  'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.InsideAWS': 'credential-access',
  'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS': 'credential-access',
  'UnauthorizedAccess:EC2/MetadataDNSRebind': 'credential-access',
};

/**
 * Tactics of a type of finding: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-format.html tells the parts of its name.
 * Recon of users and trusts by calls of the API is discovery in ATT&CK, since it is done from inside.
 */
export function guardDutyTactics(type: string): readonly string[] {
  const plain = type.replace(/!DNS$/, '');
  if (Object.hasOwn(exact, plain)) return [exact[plain] ?? ''];
  if (plain.startsWith('Recon:IAMUser/')) return ['discovery'];
  const purpose = plain.slice(0, Math.max(0, plain.indexOf(':')));
  return Object.hasOwn(purposes, purpose) ? [purposes[purpose] ?? ''] : [];
}

const named: ReadonlySet<string> = new Set([...Object.values(purposes), 'collection', 'lateral-movement', 'resource-development']);

/** A tactic as GuardDuty writes it out (`Privilege Escalation`); null for what is none. ATT&CK v19 has two for what was Defense Evasion. */
export function tacticNamed(name: string): string | null {
  const tactic = name.toLowerCase().replace(/[ _]/g, '-');
  if (tactic === 'defense-evasion') return purposes['DefenseEvasion'] ?? null;
  return named.has(tactic) ? tactic : null;
}
