import type { Zone, ZoneKind, ZonesComparison } from '#sdk';
import { limitText } from '../../../../shared/ui/lengths.js';
import { ruleName, ruleText } from '../rule-texts.js';

/** Kinds of zones within a sentence. */
export const KIND_WORDS = {
  service_area: 'service area',
  no_pickup: 'no-pick-up zone',
  no_dropoff: 'no-destination zone',
  no_go: 'no-go zone',
  pickup_points: 'zone with pick-up points',
  queue: 'queue',
  surge: 'surge zone',
  alert: 'alert zone',
} as const satisfies Record<ZoneKind, string>;

/** Changes of zones, one sentence for each zone. */
export const CHANGES = {
  added: (kind: string, name: string) => `Added ${kind} “${name}”`,
  removed: (kind: string, name: string) => `Removed ${kind} “${name}”`,
  changed: (kind: string, name: string, changes: string[]) =>
    `${kind[0]!.toUpperCase()}${kind.slice(1)} “${name}”: ${changes.join(', ')}`,
  moved: 'border changed',
  renamed: (before: string) => `renamed from “${before}”`,
  kind: (before: string) => `was a ${before}`,
  points: 'pick-up points changed',
  rule: (rule: string, before: string, after: string) => `${rule} from ${before} to ${after}`,
} as const;

/** Faults of zones as the service names them, with `#` for each number and distance. */
export const FAULTS = {
  'has # vertices; a zone has at most #': 'has # vertices; a zone has at most #',
  'has no polygon': 'has no polygon',
  'has a polygon without a ring': 'has a polygon without a ring',
  'has a ring of fewer than three vertices': 'has a ring of fewer than three vertices',
  'comes too close to a pole': 'comes too close to a pole',
  'has a ring around a pole': 'has a ring around a pole',
  'is wider than # degrees': 'is wider than # degrees',
  'crosses or touches itself': 'crosses or touches itself',
  'has a hole outside of its outer ring': 'has a hole outside of its outer ring',
  'has a hole within a hole': 'has a hole within a hole',
  'is more than # wide or high': 'is more than # wide or high',
  'is more than # from the middle of its region': 'is more than # from the middle of its region',
  'there are # zones; a region has at most #': 'there are # zones; a region has at most #',
  'has no pick-up point': 'has no pick-up point',
  'has the name of another zone of its kind': 'has the name of another zone of its kind',
} as const;

/** Returns a fault of a zone in the language of the page; one that the page does not know as the service names it. */
export function faultText(reason: string): string {
  const values: string[] = [];
  const fault = reason.replace(/(\d+)( km)?/g, (number, n, unit) => {
    values.push(unit === undefined ? number : limitText(Number(n) * 1_000));
    return '#';
  });
  const known: string | undefined = (FAULTS as Readonly<Record<string, string>>)[fault];
  return known?.replace(/#/g, () => values.shift() ?? '') ?? reason;
}

/** Returns a comparison in words: a sentence for each zone, by its id. */
export function wordsOf({ added, changed, removed }: ZonesComparison): Map<string, string> {
  return new Map([
    ...added.map(({ id, kind, name }) => [id, CHANGES.added(KIND_WORDS[kind], name)] as const),
    ...changed.map(({ before, after, aspects }) => {
      const changes = aspects.map((aspect) => {
        if (aspect === 'moved') return CHANGES.moved;
        if (aspect === 'renamed') return CHANGES.renamed(before.name);
        return aspect === 'kind' ? CHANGES.kind(KIND_WORDS[before.kind]) : rulesInWords(before, after);
      });
      return [after.id, CHANGES.changed(KIND_WORDS[after.kind], after.name, changes)] as const;
    }),
    ...removed.map(({ id, kind, name }) => [id, CHANGES.removed(KIND_WORDS[kind], name)] as const),
  ]);
}

function rulesInWords(before: Zone, after: Zone): string {
  const old = before.rules as Record<string, unknown>;
  return Object.entries(after.rules)
    .filter(([name, value]) => JSON.stringify(old[name]) !== JSON.stringify(value))
    .map(([name, value]) =>
      name === 'points'
        ? CHANGES.points
        : CHANGES.rule(ruleName(name) ?? name, ruleText(name, old[name]), ruleText(name, value)),
    )
    .join(', ');
}
