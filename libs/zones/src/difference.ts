import type { Zone, ZoneKind } from '#protocol';

/** Aspect of a zone that has changed. */
export type ZoneAspect = 'moved' | 'renamed' | 'kind' | 'rules';

export type ZoneChange = {
  before: Zone;
  after: Zone;
  aspects: ZoneAspect[];
};

/** Difference between two sets of zones; zones are the same if they have the same id. */
export type ZonesDifference = {
  added: Zone[];
  changed: ZoneChange[];
  removed: Zone[];
};

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Returns the rules with their names in order, so that two equal ones have the same text. */
const ordered = (rules: object) => Object.entries(rules).sort(([a], [b]) => (a < b ? -1 : 1));

/** Compares two sets of zones. */
export function difference(before: Zone[], after: Zone[]): ZonesDifference {
  const old = new Map(before.map((zone) => [zone.id, zone]));
  const kept = new Set(after.map(({ id }) => id));
  const changed = after.flatMap((zone) => {
    const previous = old.get(zone.id);
    const aspects = previous === undefined ? [] : aspectsOf(previous, zone);
    return aspects.length === 0 ? [] : [{ before: previous!, after: zone, aspects }];
  });
  return {
    added: after.filter(({ id }) => !old.has(id)),
    changed,
    removed: before.filter(({ id }) => !kept.has(id)),
  };
}

function aspectsOf(before: Zone, after: Zone): ZoneAspect[] {
  const aspects: ZoneAspect[] = [];
  if (!same(before.polygons, after.polygons)) aspects.push('moved');
  if (before.name !== after.name) aspects.push('renamed');
  if (before.kind !== after.kind) aspects.push('kind');
  else if (!same(ordered(before.rules), ordered(after.rules))) aspects.push('rules');
  return aspects;
}

const KIND_WORDS: Record<ZoneKind, string> = {
  service_area: 'service area',
  no_pickup: 'no-pick-up zone',
  no_dropoff: 'no-destination zone',
  no_go: 'no-go zone',
  pickup_points: 'zone with pick-up points',
  queue: 'queue',
  surge: 'surge zone',
  alert: 'alert zone',
};

const kindOf = ({ kind }: Zone): string => KIND_WORDS[kind];

/** Describes a difference, one sentence for each zone. */
export function inWords({ added, changed, removed }: ZonesDifference): string[] {
  return [
    ...added.map((zone) => `Added ${kindOf(zone)} “${zone.name}”`),
    ...changed.map(sentenceOf),
    ...removed.map((zone) => `Removed ${kindOf(zone)} “${zone.name}”`),
  ];
}

function sentenceOf({ before, after, aspects }: ZoneChange): string {
  const parts = aspects.map((aspect) => {
    if (aspect === 'moved') return 'border changed';
    if (aspect === 'renamed') return `renamed from “${before.name}”`;
    if (aspect === 'kind') return `was a ${kindOf(before)}`;
    return rulesInWords(before, after);
  });
  const kind = kindOf(after);
  return `${kind[0]!.toUpperCase()}${kind.slice(1)} “${after.name}”: ${parts.join(', ')}`;
}

function rulesInWords(before: Zone, after: Zone): string {
  const old = before.rules as Record<string, unknown>;
  const changes = Object.entries(after.rules).filter(([name, value]) => !same(old[name], value));
  return changes
    .map(([name, value]) =>
      name === 'points' ? 'pick-up points changed' : `${name} from ${String(old[name])} to ${String(value)}`,
    )
    .join(', ');
}
