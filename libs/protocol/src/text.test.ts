import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AlertRequest } from './alerts.js';
import { ChatSend } from './chat-schemas.js';
import { DriverProfile } from './driver-profile.js';
import { NoticeRequest } from './notices.js';
import { IncidentReport } from './regions.js';
import { parse } from './schemas.js';
import { oneLine, plainText } from './text.js';
import { PublishRequest } from './zone-draft.js';
import { ZoneName } from './zone-rules.js';

const CONTROLS = ['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'];
const AREA = { region: '832a10fffffffff', audience: ['riders'], expiresAt: 1 };
const VEHICLE = { make: 'a', model: 'a', colour: 'a', plate: 'a' };

/** Every text that one person writes and another one sees, as the service stores it. */
const STORED: Record<string, (text: string) => string> = {
  chat: (text) => parse(ChatSend, { tripId: 't', id: 'm', text }).text,
  notice: (text) => parse(NoticeRequest, { role: 'rider', text }).text,
  'alert to an area': (text) => parse(AlertRequest, { ...AREA, text }).text,
  incident: (text) => parse(IncidentReport, { kind: 'other', lat: 1, lng: 1, text }).text,
  'name of a driver': (name) => parse(DriverProfile, { name, vehicle: VEHICLE }).name,
  plate: (plate) => parse(DriverProfile, { name: 'a', vehicle: { ...VEHICLE, plate } }).vehicle.plate,
  'name of a zone': (name) => parse(ZoneName, name),
  'comment of a version': (comment) => parse(PublishRequest, { comment, number: 1, replaces: 0 }).comment,
};

describe.each(Object.entries(STORED))('the text of a %s', (_, stored) => {
  test.each(CONTROLS)('is stored without the direction control %j', (control) => {
    expect(stored(`a${control}b`)).toBe('ab');
  });

  test('keeps writing from right to left, and the marks that it needs', () => {
    expect(stored('שלום \u200f5')).toBe('שלום \u200f5');
  });

  test('has no more marks at a letter than any script writes', () => {
    expect(stored(`z${'\u0336'.repeat(15)}`)).toBe(`z${'\u0336'.repeat(8)}`);
  });
});

test('a text is unchanged by a second normalization', () => {
  const unit = fc.constantFrom(...CONTROLS, 'e', '\u0301', '\u0336', '\n', ' ', '\u0000');
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      expect(plainText(plainText(text))).toBe(plainText(text));
      expect(oneLine(text)).not.toContain('\n');
    }),
  );
});
