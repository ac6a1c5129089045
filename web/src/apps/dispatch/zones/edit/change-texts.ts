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

/**
 * Faults of zones and of imported features as the service names them, with `#` for each number and distance and `*` for other
 * values.
 */
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
  'is not a Feature': 'is not a Feature',
  'has no kind that is one of *': 'has no kind, or none of these: *',
  'has a name without visible characters': 'has a name without visible characters',
  'has an invalid rule: *': 'has an invalid rule: *',
  'has the id * of another feature': 'has the id * of another feature',
  'has a geometry that is no Polygon or MultiPolygon: *': 'is not a Polygon or MultiPolygon, but: *',
  'has a ring of fewer than four positions': 'has a ring of fewer than four positions',
  'has a ring that is not closed: it ends at #, #, not where it began':
    'has a ring that is not closed: it ends at #, #, not where it began',
  'has malformed coordinates': 'has malformed coordinates',
  'has a position that is not [longitude, latitude]: #, #':
    'has a position that is not [longitude, latitude]: #, #',
  'the input is neither a FeatureCollection nor a Feature of GeoJSON':
    'the file is neither a FeatureCollection nor a Feature of GeoJSON',
  '# features; a region has at most # zones': '# features; a region has at most # zones',
} as const;

const NUMBER = '-?\\d+(?:\\.\\d+)?';
const PLACE = new RegExp(`^(.*) at (${NUMBER}, ${NUMBER})$`);
const patternOf = (fault: string): RegExp => {
  const literal = fault.replace(/[[\]]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '(.*)').replaceAll('#', `(${NUMBER}(?: km)?)`)}$`);
};
/** Distances are in the units of the user. */
const valueText = (value: string): string =>
  /^\d+ km$/.test(value) ? limitText(Number.parseInt(value, 10) * 1_000) : value;

/** Returns a fault in the language of the page; one that the page does not know as the service names it. */
export function faultText(reason: string): string {
  const [, fault = reason, place] = PLACE.exec(reason) ?? [];
  for (const [known, text] of Object.entries(FAULTS)) {
    const values = patternOf(known).exec(fault)?.slice(1).map(valueText);
    if (values === undefined) continue;
    const named = text.replace(/[#*]/g, () => values.shift() ?? '');
    return place === undefined ? named : `${named} (${place})`;
  }
  return reason;
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

const inSentence = (label: string): string => `${label[0]!.toLowerCase()}${label.slice(1)}`;

function rulesInWords(before: Zone, after: Zone): string {
  const old = before.rules as Record<string, unknown>;
  return Object.entries(after.rules)
    .filter(([name, value]) => JSON.stringify(old[name]) !== JSON.stringify(value))
    .map(([name, value]) =>
      name === 'points'
        ? CHANGES.points
        : CHANGES.rule(inSentence(ruleName(name) ?? name), ruleText(name, old[name]), ruleText(name, value)),
    )
    .join(', ');
}
