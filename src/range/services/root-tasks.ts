import { hashOf } from '../../core/lib/hash.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { fault, type OperationContext, type OperationTable, objects, text } from '../operation.ts';
import { gets, type Kind, sets, settings } from '../settings.ts';

type Context = OperationContext;

/** What root of a member account has; kept by the management account, which alone may look. */
const credentials: Kind = {
  service: 'root-task',
  kind: 'root',
  id: (context) => text(context, 'Member'),
  arn: (_, id) => `arn:aws:iam::${id}:root`,
  missing: 'NoSuchEntity',
  global: true,
  initial: ({ state }, id) => {
    const account = state.accounts[id];
    return account === undefined
      ? null
      : {
          password: true,
          keys: Array.from({ length: account.rootKeys }, (_, i) => ({
            AccessKeyId: `AKIA${hashOf([id, i]).slice(0, 16).toUpperCase()}`,
            Status: 'Active',
          })),
          certificates: [],
          factors: account.rootMfa ? [{ SerialNumber: `arn:aws:iam::${id}:mfa/root-account-mfa-device` }] : [],
        };
  },
};

/** STS gives no session to anybody else, nor while it is switched off: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html */
function letIn(context: Context): void {
  const { state, account } = context;
  const member = text(context, 'Member');
  const features = account.settings?.['iam/organizations-features/global']?.['features']?.['EnabledFeatures'];
  const isOn = Array.isArray(features) && features.includes('RootCredentialsManagement');
  if (account.id !== state.organisation.management || member === account.id || !isOn)
    throw fault(context, 'AccessDenied', 'Access denied for operation AssumeRoot.');
}

/** A call that takes one of a list away. */
const takes = (list: string, name: string) =>
  sets((item, context) => {
    const id = text(context, name);
    const left = objects(item[list]).filter((one) => one[name] !== id);
    if (left.length === objects(item[list]).length) throw fault(context, 'NoSuchEntity', `${id} does not exist.`);
    return told(context, { ...item, [list]: left });
  });

/** The account's summary shows it too. */
function told({ state, input }: Context, item: JsonObject): JsonObject {
  const account = state.accounts[String(input['Member'])];
  if (account !== undefined) {
    account.rootKeys = objects(item['keys']).length;
    account.rootMfa = objects(item['factors']).length > 0;
  }
  return item;
}

const table = settings(credentials, {
  GetLoginProfile: gets((item, context) => {
    if (item['password'] !== true) throw fault(context, 'NoSuchEntity', 'Login Profile for the root user cannot be found.');
    return { LoginProfile: {} };
  }),
  DeleteLoginProfile: sets((item, context) => {
    if (item['password'] !== true) throw fault(context, 'NoSuchEntity', 'Login Profile for the root user cannot be found.');
    return { ...item, password: false };
  }),
  ListAccessKeys: gets((item) => ({ AccessKeyMetadata: item['keys'] ?? [] })),
  DeleteAccessKey: takes('keys', 'AccessKeyId'),
  ListSigningCertificates: gets((item) => ({ Certificates: item['certificates'] ?? [] })),
  DeleteSigningCertificate: takes('certificates', 'CertificateId'),
  ListMFADevices: gets((item) => ({ MFADevices: item['factors'] ?? [] })),
  DeactivateMFADevice: takes('factors', 'SerialNumber'),
});

/**
 * Calls as root of a member account, permitted as the session is. No record is made of them here.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
 */
export const rootTasks: OperationTable = Object.fromEntries(
  Object.entries(table).map(([action, operation]) => [
    action,
    {
      ...operation,
      unrecorded: true,
      permission: 'sts:AssumeRoot',
      run: (context) => {
        letIn(context);
        return operation.run(context);
      },
    },
  ]),
);
