import { describe, expect, test } from 'vitest';
import { regionAt } from '#geo/cells';
import type { DriverEvent } from '#store';
import { unknownDriver } from '../../../../test/fixtures/records.js';
import { foldWithin } from './fold-within.js';
import { REGIONS_PER_HOUR, RegionBudget } from './region-budget.js';

const T = 1_800_000_000_000;
const HOUR_MS = 3_600_000;
const names = (count: number) => Array.from({ length: count }, (_, i) => `region-${i}`);

describe('new regions of a driver', () => {
  test('are five an hour, and a region of the last day costs nothing to come back to', () => {
    const budget = new RegionBudget();
    const allowed = names(300).filter((region, i) => budget.mayEnter('d', region, T + 20 * i));
    expect(allowed).toEqual(names(REGIONS_PER_HOUR));
    for (const region of allowed) expect(budget.mayEnter('d', region, T + 24 * HOUR_MS)).toBe(true);
    expect(budget.mayEnter('another', 'region-9', T)).toBe(true);
    expect(budget.mayEnter('d', 'region-9', T + HOUR_MS + 1)).toBe(true);
    expect(budget.mayEnter('d', 'region-0', T + 26 * HOUR_MS)).toBe(true);
  });
});

const unknown = unknownDriver('d');

const crawl = ({ lat, lng }: { lat: number; lng: number }) =>
  Array.from({ length: 8 }, (_, i) => ({ lat: lat + i / 20_000, lng }));

/** Sends fixes of a device that crawls at one place after the other for eight seconds each, one fix a second. */
function travel(places: Array<{ lat: number; lng: number }>) {
  const budget = new RegionBudget();
  const regions = new Set<string>();
  let known = unknown;
  let implausible = 0;
  for (const [i, place] of places.flatMap(crawl).entries()) {
    const receivedAt = T + i * 1_000;
    const events: DriverEvent[] = [{ driverId: 'd', receivedAt, fix: { t: receivedAt, ...place } }];
    const outcome = foldWithin(budget, known, events, i + 1, 30_000, Math.random);
    const { after, status, shift, statusAt } = outcome;
    implausible += outcome.counts.implausible;
    const region = regionAt(after!);
    regions.add(region);
    known = { ...known, record: after, region, stored: i + 1, claimed: 1, status, shift, statusAt };
  }
  return { regions, implausible, record: known.record! };
}

describe('a device that jumps all over the world', () => {
  const places = Array.from({ length: 100 }, (_, i) => ({ lat: -60 + i, lng: -150 + 3 * i }));

  test('gets into five regions, and its further fixes are implausible', () => {
    const { regions, implausible } = travel(places);
    expect(regions.size).toBe(REGIONS_PER_HOUR);
    expect(implausible).toBeGreaterThan(600);
  });

  test('stays where it was last, and is followed again there', () => {
    const last = places[REGIONS_PER_HOUR - 1]!;
    const back = travel([...places.slice(0, 20), last, last]);
    expect(regionAt(back.record)).toBe(regionAt(last));
    expect(back.record.t).toBeGreaterThan(T + 160_000);
  });
});
