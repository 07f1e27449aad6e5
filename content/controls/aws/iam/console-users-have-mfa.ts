import { unread } from '../../../../src/core/lib/unread.ts';
import type { Control } from '../../../../src/core/model/control.ts';

export const consoleUsersHaveMfa: Control = {
  id: 'aws.iam.console-users-have-mfa',
  title: 'A user with a console password has a second factor',
  why: 'Passwords are phished, reused and guessed; without a second factor one of them is a session in the console.',
  severity: 'High',
  type: 'AWS::IAM::User',
  reads: ['iam:GetLoginProfile', 'iam:ListMFADevices'],
  remediation: 'Have the user register an MFA device, or better move people to Identity Center and delete the password.',
  assess: (user) => {
    const { hasConsolePassword, mfaDevices } = user.props;
    if (hasConsolePassword === false) return { status: 'Pass', reason: `User ${user.name} has no console password.` };
    // A device answers for both: with or without a password there is a second factor.
    if (Array.isArray(mfaDevices) && mfaDevices.length > 0) return { status: 'Pass', reason: `User ${user.name} has an MFA device.` };
    if (hasConsolePassword !== true) return unread(user, 'hasConsolePassword', 'iam:GetLoginProfile');
    if (!Array.isArray(mfaDevices)) return unread(user, 'mfaDevices', 'iam:ListMFADevices');
    return { status: 'Fail', reason: `User ${user.name} has a console password and no MFA device.`, facts: { userName: user.name } };
  },
  examples: [
    { name: 'a password alone', resource: { props: { hasConsolePassword: true, mfaDevices: [] } }, expect: 'Fail' },
    {
      name: 'a password and a device',
      resource: { props: { hasConsolePassword: true, mfaDevices: ['arn:aws:iam::111122223333:mfa/alice'] } },
      expect: 'Pass',
    },
    { name: 'no password', resource: { props: { hasConsolePassword: false, mfaDevices: [] } }, expect: 'Pass' },
    {
      name: 'no password, devices not read',
      resource: { props: { hasConsolePassword: false }, unread: { mfaDevices: 'iam:ListMFADevices' } },
      expect: 'Pass',
    },
    {
      name: 'password not read',
      resource: { props: { mfaDevices: [] }, unread: { hasConsolePassword: 'iam:GetLoginProfile' } },
      expect: 'Unknown',
    },
    {
      name: 'devices not read',
      resource: { props: { hasConsolePassword: true }, unread: { mfaDevices: 'iam:ListMFADevices' } },
      expect: 'Unknown',
    },
  ],
};
