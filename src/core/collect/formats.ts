import { apiGateway, apiGatewayLines } from './api-gateway/api-gateway.ts';
import { cloudFrontLines, cloudFrontRecords } from './cloudfront/cloudfront.ts';
import { cloudTrail } from './cloudtrail/cloudtrail-event.ts';
import { cognito } from './cognito/cognito.ts';
import { controlPlaneLines } from './eks-audit/control-plane-lines.ts';
import { eksAudit } from './eks-audit/eks-audit-event.ts';
import { alb, clb, nlb } from './elb/load-balancers.ts';
import type { JsonFormat, LineFormat } from './log-format.ts';
import { ocsf } from './ocsf/ocsf.ts';
import { rds } from './rds/rds.ts';
import { accessAnalyzer } from './reports/access-analyzer.ts';
import { asff } from './reports/asff.ts';
import { config } from './reports/config.ts';
import { guardDuty } from './reports/guardduty.ts';
import { health } from './reports/health.ts';
import { inspector } from './reports/inspector.ts';
import { macie } from './reports/macie.ts';
import { ocsfFinding } from './reports/ocsf-finding.ts';
import { route53Resolver } from './route53-resolver/route53-resolver.ts';
import { s3Access } from './s3-access/s3-access.ts';
import { vpcFlowLines, vpcFlowRows } from './vpc-flow/vpc-flow.ts';
import { waf } from './waf/waf.ts';

/** Findings of AWS's own services. */
const reportFormats: readonly JsonFormat[] = [guardDuty, asff, ocsfFinding, inspector, macie, accessAnalyzer, config, health];

/** Every JSON log, the commonest first: a record goes to the first that recognises it. */
export const jsonFormats: readonly JsonFormat[] = [
  cloudTrail,
  eksAudit,
  route53Resolver,
  vpcFlowRows,
  waf,
  cloudFrontRecords,
  apiGateway,
  cognito,
  ocsf,
  ...reportFormats,
];

/** Every log of lines, in the order in which they are asked. */
export const lineFormats: readonly LineFormat[] = [
  vpcFlowLines,
  s3Access,
  alb,
  cloudFrontLines,
  nlb,
  clb,
  apiGatewayLines,
  rds,
  controlPlaneLines,
];
