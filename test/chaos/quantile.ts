/** Returns a quantile of some numbers, rounded to a whole number; NaN if there are none. */
export function quantileOf(numbers: number[], quantile: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor(quantile * (sorted.length - 1))] ?? Number.NaN);
}
