import { variableNames } from './config.js';

/** Variables that tools of the repository read, not the service. */
const OTHERS = /^HEXFLEET_(TEST|BENCH|SOAK|CHAOS)_/;
/** Largest number of edits after which a name still counts as a misspelling. */
const MAX_EDITS = 4;

/** Returns one line for each `HEXFLEET_*` variable that nothing reads, with the known name nearest to it. */
export function unknownVariables(env: Record<string, string | undefined>): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('HEXFLEET_') && !OTHERS.test(name) && !variableNames.includes(name))
    .map((name) => {
      const nearest = nearestOf(name);
      return `${name} is not a setting${nearest === null ? '' : `; did you mean ${nearest}?`}`;
    });
}

function nearestOf(name: string): string | null {
  const ranked = variableNames
    .map((known) => ({ known, edits: editsBetween(name, known) }))
    .sort((a, b) => a.edits - b.edits);
  const [best] = ranked;
  return best !== undefined && best.edits <= MAX_EDITS ? best.known : null;
}

/** Levenshtein distance: the number of insertions, deletions and substitutions. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, char] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j += 1) {
      const substituted = row[j - 1]! + (b[j - 1] === char ? 0 : 1);
      next.push(Math.min(substituted, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
