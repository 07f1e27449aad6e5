/** What a recorded attack is, by the name of its file: `aws.TACTIC.NAME.json.gz`. */
export interface ExpectedTechnique {
  readonly tactic: string;
  /** ATT&CK ids of which a finding must name one; null where the name is not in our list. */
  readonly techniques: readonly string[] | null;
}

/**
 * ATT&CK's techniques (https://attack.mitre.org/, version 19) of what each attack does. Several, where ATT&CK describes the
 * same act in more than one place. The list follows from what the name says is done, not from what our rules say.
 */
const meanings: { readonly [name: string]: readonly string[] } = {
  'bedrock-invoke-model': ['T1496.004', 'T1580'],
  'change-iam-user-password': ['T1098', 'T1098.001', 'T1078.004'],
  'cloudtrail-delete': ['T1685.002'],
  'cloudtrail-event-selectors': ['T1685.002'],
  'cloudtrail-lifecycle-rule': ['T1685.002', 'T1485.001'],
  'cloudtrail-stop': ['T1685.002'],
  'console-login-without-mfa': ['T1078.004'],
  'dns-delete-logs': ['T1685.002'],
  'ec2-download-user-data': ['T1552.005', 'T1580', 'T1552.001'],
  'ec2-enumerate-from-instance': ['T1580', 'T1526', 'T1087.004', 'T1619'],
  'ec2-get-password-data': ['T1552', 'T1555'],
  'ec2-get-user-data': ['T1552.005', 'T1580', 'T1552.001'],
  'ec2-instance-connect': ['T1021.004', 'T1021.008', 'T1098.004'],
  'ec2-launch-unusual-instances': ['T1496.001', 'T1578.002'],
  'ec2-security-group-open-port-22-ingress': ['T1686.001', 'T1133'],
  'ec2-serial-console-send-ssh-public-key': ['T1021.004', 'T1021.008', 'T1098.004'],
  'ec2-share-ami': ['T1537'],
  'ec2-share-ebs-snapshot': ['T1537'],
  'ec2-steal-instance-credentials': ['T1552.005', 'T1078.004'],
  'ec2-user-data': ['T1037', 'T1059', 'T1651', 'T1578.005'],
  'iam-backdoor-role': ['T1098', 'T1098.003', 'T1484.002'],
  'iam-backdoor-user': ['T1098.001'],
  'iam-create-admin-user': ['T1136.003', 'T1098.003', 'T1098.001'],
  'iam-create-backdoor-role': ['T1136.003', 'T1098.003', 'T1098', 'T1484.002'],
  'iam-create-user-login-profile': ['T1098', 'T1098.001', 'T1078.004'],
  'iam-update-user-login-profile': ['T1098', 'T1098.001', 'T1078.004'],
  'lambda-backdoor-function': ['T1546', 'T1648', 'T1098'],
  'lambda-layer-extension': ['T1546', 'T1648', 'T1525'],
  'lambda-overwrite-code': ['T1546', 'T1648', 'T1525'],
  'organizations-leave': ['T1666', 'T1685', 'T1685.002'],
  'rds-share-snapshot': ['T1537'],
  'rolesanywhere-create-trust-anchor': ['T1098.001', 'T1484.002', 'T1550.001', 'T1556'],
  's3-backdoor-bucket-policy': ['T1537', 'T1530'],
  's3-ransomware-batch-deletion': ['T1485', 'T1486'],
  's3-ransomware-client-side-encryption': ['T1486', 'T1485'],
  's3-ransomware-individual-deletion': ['T1485', 'T1486'],
  'sagemaker-update-lifecycle-config': ['T1037', 'T1059', 'T1651', 'T1546'],
  'secretsmanager-batch-retrieve-secrets': ['T1555.006'],
  'secretsmanager-retrieve-secrets': ['T1555.006'],
  'ses-enumerate': ['T1526', 'T1580', 'T1087.004'],
  'ssm-retrieve-securestring-parameters': ['T1555.006', 'T1555', 'T1552.001'],
  'ssm-send-command': ['T1651', 'T1059'],
  'ssm-start-session': ['T1651', 'T1021.007', 'T1021.008', 'T1059'],
  'sts-federation-token': ['T1550.001', 'T1078.004', 'T1098.001'],
  'vpc-remove-flow-logs': ['T1685.002'],
};

/** What the file's name says, or null for a name of another scheme. */
export function expectedOf(file: string): ExpectedTechnique | null {
  const match = /^aws\.([a-z-]+)\.([a-z0-9-]+)\.json\.gz$/.exec(file);
  if (match === null) return null;
  const [, tactic = '', name = ''] = match;
  return { tactic, techniques: Object.hasOwn(meanings, name) ? (meanings[name] ?? null) : null };
}

/** The same technique, or one a sub-technique of the other. */
export function sameTechnique(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}
