import { unread } from '../../../../src/core/lib/unread.ts';
import type { Control } from '../../../../src/core/model/control.ts';

const reads = 'iam:GetAccountSummary';

export const rootHasMfa: Control = {
  id: 'aws.iam.root-has-mfa',
  title: 'Root signs in with a second factor',
  why: 'No policy binds root. With its password alone, or a reset of it by mail, the account is gone.',
  severity: 'Critical',
  type: 'AWS::::Account',
  reads: [reads],
  remediation:
    'Sign in as root and register two security keys or passkeys. In an organisation, remove the root credentials of member accounts by central root access.',
  judgement: 'Only the holders of root can register a factor, with the telephone or key in their hand.',
  assess: (account) => {
    const has = account.props['rootHasMfa'];
    if (typeof has !== 'boolean') return unread(account, 'rootHasMfa', reads);
    return has
      ? { status: 'Pass', reason: `Root of account ${account.account} has an MFA device.` }
      : { status: 'Fail', reason: `Root of account ${account.account} has no MFA device.` };
  },
  examples: [
    { name: 'a device', resource: { props: { rootHasMfa: true } }, expect: 'Pass' },
    { name: 'none', resource: { props: { rootHasMfa: false } }, expect: 'Fail' },
    { name: 'not read', resource: { props: {}, unread: { rootHasMfa: reads } }, expect: 'Unknown' },
  ],
};
