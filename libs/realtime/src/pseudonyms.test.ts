import { expect, test } from 'vitest';
import type { DriverRecord } from '#store';
import { recordAt } from '../../../test/fixtures/records.js';
import { Pseudonyms } from './pseudonyms.js';
import { Tokens } from './tokens.js';

const MINUTE = 60_000;
const START = 9 * MINUTE * 200_000;
const record = (minutes: number, change: Partial<DriverRecord> = {}): DriverRecord =>
  recordAt('d', START + minutes * MINUTE, { lat: 1, lng: 2 }, change);
const names = new Pseudonyms(new Tokens('a secret of the tests, at least 32 characters'));

test('a car keeps its pseudonym for some minutes, but never for ten', () => {
  for (let minute = 0; minute < 60; minute += 1) {
    expect(names.of(record(minute))).not.toBe(names.of(record(minute + 10)));
  }
  expect(names.of(record(1))).toBe(names.of(record(8)));
});

test('a car has a new pseudonym after a trip or a break', () => {
  expect(names.of(record(1, { shift: 1 }))).not.toBe(names.of(record(1)));
});

test('all nodes derive the same pseudonym, and an installation with another secret a different one', () => {
  const node = new Pseudonyms(new Tokens('a secret of the tests, at least 32 characters'));
  const elsewhere = new Pseudonyms(new Tokens('another secret, at least 32 characters long'));
  expect(node.of(record(1))).toBe(names.of(record(1)));
  expect(elsewhere.of(record(1))).not.toBe(names.of(record(1)));
  expect(names.of(record(1))).not.toContain('d/');
});
