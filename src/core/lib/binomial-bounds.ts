/** Shares are in ten-thousandths, whole numbers from 0 to 10,000. */
const whole = 10_000;

/**
 * Between what a share lies, seen `k` times in `n`, so that of 100 such statements 95 hold at least: the exact bounds of Clopper and
 * Pearson (1934), each rounded outwards. Of nothing seen nothing is known: 0 to 10,000.
 */
export function shareBounds(k: number, n: number): { readonly low: number; readonly high: number } {
  return { low: lowest(k, n, 0.025), high: highest(k, n, 0.025) };
}

/** What a share is at most, so that of 100 such statements 95 hold at least: one-sided, for rates of faults. `of` such statements hold all together so often. */
export function shareAtMost(k: number, n: number, of = 1): number {
  return highest(k, n, 0.05 / of);
}

/** The smallest share under which seeing no more than `k` is no likelier than `alpha`. */
function highest(k: number, n: number, alpha: number): number {
  if (k >= n) return whole;
  let [low, high] = [0, whole];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (atMost(k, n, middle) <= alpha) high = middle;
    else low = middle;
  }
  return high;
}

/** The largest share under which seeing `k` or more is no likelier than `alpha`: the other end, counted from the failures. */
function lowest(k: number, n: number, alpha: number): number {
  return whole - highest(n - k, n, alpha);
}

/**
 * The chance of `k` or fewer of `n` under a share strictly between 0 and 10,000. Terms are counted from the likeliest one, of which they are
 * parts, so that none is too small where it counts; multiplication and division alone give the same everywhere.
 */
function atMost(k: number, n: number, share: number): number {
  const odds = share / (whole - share);
  const top = Math.min(n, Math.floor(((n + 1) * share) / whole));
  let [below, all] = [0, 0];
  const add = (i: number, term: number) => {
    all += term;
    if (i <= k) below += term;
  };
  for (let [i, term] = [top, 1]; i <= n && term > 0; i++) {
    add(i, term);
    term *= ((n - i) / (i + 1)) * odds;
  }
  for (let [i, term] = [top, 1]; i > 0 && term > 0; i--) {
    term *= i / ((n - i + 1) * odds);
    add(i - 1, term);
  }
  return below / all;
}
