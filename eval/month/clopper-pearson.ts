/**
 * Upper bound of the exact one-sided interval for a share of which `x` of `n` were seen: the `p` at which x or fewer of n would be seen in
 * `1 - confidence` of cases. C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the
 * binomial", Biometrika 26 (1934), 404-413. For x = 0 it is 1 - (1 - confidence)^(1/n), about 3/n at 95 % (the rule of three).
 */
export function upperBound(x: number, n: number, confidence = 0.95): number {
  if (!(n > 0 && x >= 0 && x <= n)) return 1;
  if (x === n) return 1;
  let low = x / n;
  let high = 1;
  // The chance of so few falls as p rises.
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (chanceOfAtMost(x, n, middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  return high;
}

/** P(X <= x) of the binomial distribution, summed in logarithms so that no term vanishes. */
function chanceOfAtMost(x: number, n: number, p: number): number {
  if (p <= 0) return 1;
  if (p >= 1) return x >= n ? 1 : 0;
  let log = n * Math.log1p(-p);
  let sum = Math.exp(log);
  for (let k = 1; k <= x; k++) {
    log += Math.log((n - k + 1) / k) + Math.log(p) - Math.log1p(-p);
    sum += Math.exp(log);
  }
  return sum;
}
