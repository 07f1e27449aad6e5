import type { LineFormat } from '../log-format.ts';

/**
 * What else EKS writes into a cluster's log group: texts of the scheduler and the controllers, in the form of klog, and
 * of the authenticator. They are no audit events, and nothing is wrong with them.
 * https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
 */
export const controlPlaneLines: LineFormat = {
  source: 'aws.eks-audit',
  recognises: (line) => /^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6} /.test(line) || /^time="\d{4}-\d\d-\d\dT[^"]{1,30}" level=/.test(line),
  isHeader: () => false,
  open: () => () => null,
};
