import type { Framework } from '../../src/core/model/framework.ts';

/** The controls of Security Hub's standard that ours answer today; the titles are in our own words. */
export const awsFsbp10: Framework = {
  id: 'aws-fsbp-1-0',
  title: 'AWS Foundational Security Best Practices',
  version: '1.0.0',
  source: 'https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html',
  requirements: [
    {
      id: 'CloudTrail.1',
      title: 'A trail of all Regions records management events',
      by: ['aws.cloudtrail.account-has-a-logging-trail', 'aws.cloudtrail.trail-is-logging'],
    },
    { id: 'CloudTrail.4', title: 'Trails validate their log files', by: ['aws.cloudtrail.log-file-validation'] },
    { id: 'EC2.8', title: 'Instances require version 2 of the metadata service', by: ['aws.ec2.instance-requires-imdsv2'] },
    { id: 'EC2.19', title: 'No security group lets the world reach high-risk ports', by: ['aws.ec2.no-world-open-ingress'] },
    { id: 'IAM.4', title: 'Root has no access key', by: ['aws.iam.root-has-no-access-keys'] },
    { id: 'IAM.5', title: 'Users with a console password have a second factor', by: ['aws.iam.console-users-have-mfa'] },
    { id: 'S3.1', title: 'The account blocks public access to S3', by: ['aws.s3.account-blocks-public-access'] },
    { id: 'S3.2', title: 'Buckets are not readable by the public', by: ['aws.s3.bucket-not-public'] },
    { id: 'S3.3', title: 'Buckets are not writable by the public', by: ['aws.s3.bucket-not-public'] },
  ],
};
