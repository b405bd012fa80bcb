/** The middle of many measurements, and how far they spread. */
export interface Summary {
  readonly count: number
  readonly median: number
  /** Between the first and the third quartile. */
  readonly interquartileRange: number
  readonly p99: number
}

export function summarize(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b)
  return {
    count: sorted.length,
    median: quantile(sorted, 0.5),
    interquartileRange: quantile(sorted, 0.75) - quantile(sorted, 0.25),
    p99: quantile(sorted, 0.99),
  }
}

function quantile(sorted: readonly number[], fraction: number): number {
  const position = (sorted.length - 1) * fraction
  const below = sorted[Math.floor(position)] ?? NaN
  const above = sorted[Math.ceil(position)] ?? NaN
  return below + (above - below) * (position - Math.floor(position))
}

/** A small generator with a seed, so that an order can be had again. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    // Numerical Recipes' linear congruential generator: good enough to shuffle.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

export function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)
}
