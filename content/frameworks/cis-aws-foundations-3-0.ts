import type { Framework } from '../../src/core/model/framework.ts';

/** The recommendations that our controls answer today; the titles are in our own words. */
export const cisAwsFoundations30: Framework = {
  id: 'cis-aws-foundations-3-0',
  title: 'CIS AWS Foundations Benchmark',
  version: '3.0.0',
  source: 'https://www.cisecurity.org/benchmark/amazon_web_services',
  requirements: [
    { id: '1.1', title: 'Contact details of the account are current', by: 'judgement' },
    { id: '1.4', title: 'Root has no access key', by: ['aws.iam.root-has-no-access-keys'] },
    { id: '1.5', title: 'Root has a second factor', by: ['aws.iam.root-has-mfa'] },
    { id: '1.10', title: 'Users with a console password have a second factor', by: ['aws.iam.console-users-have-mfa'] },
    { id: '1.13', title: 'One active access key for a user', by: ['aws.iam.one-active-access-key-per-user'] },
    { id: '2.1.4', title: 'S3 blocks public access', by: ['aws.s3.account-blocks-public-access', 'aws.s3.bucket-not-public'] },
    {
      id: '3.1',
      title: 'CloudTrail is on in all Regions',
      by: ['aws.cloudtrail.account-has-a-logging-trail', 'aws.cloudtrail.trail-is-logging'],
    },
    { id: '3.2', title: 'CloudTrail validates its log files', by: ['aws.cloudtrail.log-file-validation'] },
    { id: '5.2', title: 'No security group lets the IPv4 world reach administration ports', by: ['aws.ec2.no-world-open-ingress'] },
    { id: '5.3', title: 'No security group lets the IPv6 world reach administration ports', by: ['aws.ec2.no-world-open-ingress'] },
    { id: '5.6', title: 'Instances require version 2 of the metadata service', by: ['aws.ec2.instance-requires-imdsv2'] },
  ],
};
