/**
 * ATT&CK tactics by Sigma's spelling, as of version 19, which split Defense Evasion into Stealth and Defense
 * Impairment: https://attack.mitre.org/tactics/enterprise/. Rules written for older versions still say
 * `defense-evasion`.
 */
export const tactics: ReadonlyMap<string, { readonly uid: string; readonly name: string; readonly retired?: true }> = new Map(
  Object.entries({
    reconnaissance: { uid: 'TA0043', name: 'Reconnaissance' },
    'resource-development': { uid: 'TA0042', name: 'Resource Development' },
    'initial-access': { uid: 'TA0001', name: 'Initial Access' },
    execution: { uid: 'TA0002', name: 'Execution' },
    persistence: { uid: 'TA0003', name: 'Persistence' },
    'privilege-escalation': { uid: 'TA0004', name: 'Privilege Escalation' },
    stealth: { uid: 'TA0005', name: 'Stealth' },
    'defense-impairment': { uid: 'TA0112', name: 'Defense Impairment' },
    'defense-evasion': { uid: 'TA0005', name: 'Defense Evasion', retired: true },
    'credential-access': { uid: 'TA0006', name: 'Credential Access' },
    discovery: { uid: 'TA0007', name: 'Discovery' },
    'lateral-movement': { uid: 'TA0008', name: 'Lateral Movement' },
    collection: { uid: 'TA0009', name: 'Collection' },
    'command-and-control': { uid: 'TA0011', name: 'Command and Control' },
    exfiltration: { uid: 'TA0010', name: 'Exfiltration' },
    impact: { uid: 'TA0040', name: 'Impact' },
  }),
);
