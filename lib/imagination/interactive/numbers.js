// What the printed expressions are computed with. `N` is the counterpart of imagination.sums and of
// Claim.evaluate; nothing here knows any claim.
const N = (() => {
  "use strict";

  // -- sums: all terms are nonnegative, so adding them up loses nothing, whatever the ratios are --------------

  function sum(low, high, term) {
    let total = 0;
    for (let k = low; k <= high; k++) total += term(k);
    return total;
  }

  // G_n(x) = 1 + x + ... + x^(n-1), by Horner.
  function geometricSum(x, n) {
    if (n === Infinity) return x < 1 ? 1 / (1 - x) : Infinity;
    let total = 0;
    for (let k = 0; k < n; k++) total = 1 + x * total;
    return total;
  }

  // S_n(x, y) = sum over t < n of x^t G_t(y).
  function doubleGeometricSum(x, y, n) {
    let total = 0, inner = 0, weight = 1;
    for (let t = 0; t < n; t++) {
      if (weight > 0) total += weight * inner;
      inner = 1 + y * inner;
      weight *= x;
    }
    return total;
  }

  // C_n = sum over t < n of x^t min(cap, a G_t(y)), for x < 1; n may be Infinity.
  function cappedGeometricSum(x, y, a, cap, n) {
    if (a === 0 || cap === 0) return 0;
    if (n === Infinity && y < 1 && a / (1 - y) <= cap) return a * x / ((1 - x) * (1 - x * y)); // below the cap
    let total = 0, inner = 0, weight = 1;
    for (let t = 0; t < n; t++) {
      if (a * inner >= cap) return total + cap * weight * geometricSum(x, n - t); // and stays at the cap
      if (t > 0 && n === Infinity && weight / (1 - x) * cap <= 1e-18 * total) return total;
      total += weight * a * inner;
      inner = 1 + y * inner;
      weight *= x;
      if (weight === 0) return total;
    }
    return total;
  }

  // -- exact fractions: a float64 is one ----------------------------------------------------------------------

  const F = {
    of: (numerator, denominator) => ({ numerator, denominator }),
    from(x) {
      let denominator = 1n;
      while (!Number.isInteger(x)) {
        x *= 2;
        denominator *= 2n;
      }
      return F.of(BigInt(x), denominator);
    },
    add: (p, q) => F.of(p.numerator * q.denominator + q.numerator * p.denominator, p.denominator * q.denominator),
    multiply: (p, q) => F.of(p.numerator * q.numerator, p.denominator * q.denominator),
    power(p, n) {
      if (n < 0) {
        const sign = p.numerator < 0n ? -1n : 1n;
        return F.power(F.of(sign * p.denominator, sign * p.numerator), -n);
      }
      return F.of(p.numerator ** BigInt(n), p.denominator ** BigInt(n));
    },
    sign: (p) => (p.numerator > 0n ? 1 : p.numerator < 0n ? -1 : 0),
    minus: (p, q) => F.add(p, F.of(-q.numerator, q.denominator)),
    toNumber(p) {
      if (p.numerator < 0n) return -F.toNumber(F.of(-p.numerator, p.denominator));
      if (p.numerator === 0n) return 0;
      const bits = (k) => k.toString(2).length;
      const shift = Math.max(0, 80 - bits(p.numerator) + bits(p.denominator));
      return Number((p.numerator << BigInt(shift)) / p.denominator) * 2 ** -shift;
    },
  };

  // -- claims -------------------------------------------------------------------------------------------------

  const NEAR = 1e-3; // as in imagination.claim

  // How far a hypothesis is from failing: whether it holds, and whether digits may have been lost.
  function margin(hypothesis, values) {
    const low = hypothesis.low(...values), high = hypothesis.high(...values);
    if (hypothesis.simple) return { holds: hypothesis.strict ? low < high : low <= high, near: false };
    const near = Math.abs(high - low) <= NEAR * (Math.abs(low) + Math.abs(high));
    let sign = Math.sign(low - high);
    if (near && hypothesis.lowExact && hypothesis.highExact) {
      const exact = values.map(F.from);
      sign = F.sign(F.minus(hypothesis.lowExact(...exact), hypothesis.highExact(...exact)));
    }
    return { holds: hypothesis.strict ? sign < 0 : sign <= 0, near: near && hypothesis.strict };
  }

  // The claim's value, and NaN where one of its hypotheses fails: there it says nothing.
  function evaluate(claim, ...values) {
    if (values.some(Number.isNaN)) return NaN;
    let near = false;
    for (const hypothesis of claim.hypotheses) {
      const found = margin(hypothesis, values);
      if (!found.holds) return NaN;
      near ||= found.near;
    }
    return near && claim.exact ? F.toNumber(claim.exact(...values.map(F.from))) : claim.value(...values);
  }

  // Where a continuous function that goes from below 0 to above it is 0, between two positive numbers; the
  // nearer end where it does not cross. Halves the ratio of the ends until no number lies between them.
  function root(f, low, high) {
    if (f(low) >= 0) return low;
    if (f(high) <= 0) return high;
    for (;;) {
      const middle = Math.sqrt(low) * Math.sqrt(high);
      if (!(low < middle && middle < high)) return (low + high) / 2;
      if (f(middle) < 0) low = middle;
      else high = middle;
    }
  }

  return { sum, geometricSum, doubleGeometricSum, cappedGeometricSum, F, evaluate, root };
})();
