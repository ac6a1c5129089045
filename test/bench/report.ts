/** A required bound. A figure that could not be measured is NaN or infinite, and fails. */
export type Check = { what: string; found: number; atLeast?: number; atMost?: number };

export const reached = ({
  found,
  atLeast = Number.NEGATIVE_INFINITY,
  atMost = Number.POSITIVE_INFINITY,
}: Check) => found >= atLeast && found <= atMost;

/** Formats one line per check. */
export const verdicts = (checks: Check[]): string => checks.map(verdict).join('\n');

function verdict(check: Check): string {
  const { what, found, atLeast, atMost } = check;
  const bound = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
  return `${reached(check) ? 'reached' : 'MISSED '}  ${what}: ${found.toFixed(3)}, ${bound}`;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export const spread = (values: number[]): number => Math.max(...values) - Math.min(...values);

export const round = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(1));

/** Formats a table as Markdown. */
export const markdown = (head: string[], lines: Array<Array<string | number>>): string =>
  [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
