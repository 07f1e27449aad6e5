import type { Stream } from './line-writer.ts';

interface Balancer {
  readonly account: string;
  readonly region: string;
  /** `app/shop/50dc6c495c0c9188`, `net/devices/c6e77e28c25b2234`, or the name of a Classic Load Balancer. */
  readonly balancer: string;
}

/**
 * Key of an object with entries of a load balancer. Those of Application and Classic ones name the node that wrote them; those of
 * Classic ones are not compressed. The minute in it is the end of the interval.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-file-format
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html
 */
export function balancerObject({ account, region, balancer }: Balancer, node: string | null, extension: 'log.gz' | 'log'): Stream['name'] {
  return (end, dice) => {
    const stamp = new Date(Math.ceil(end / 60_000) * 60_000).toISOString();
    const day = stamp.slice(0, 10);
    const time = `${day.replaceAll('-', '')}T${stamp.slice(11, 13)}${stamp.slice(14, 16)}Z`;
    const parts = [account, 'elasticloadbalancing', region, balancer.replaceAll('/', '.'), time, ...(node === null ? [] : [node])];
    return `AWSLogs/${account}/elasticloadbalancing/${region}/${day.replaceAll('-', '/')}/${parts.join('_')}_${dice.mixed(8).toLowerCase()}.${extension}`;
  };
}
