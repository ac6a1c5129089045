import type { LastFix } from '#geo';
import type { FixExtras } from '#protocol';

/** The fields of a record whose values have several parts, as text; see `encodeRecord`. */
export function extrasText({ altitudeM, batteryPct, isMock, provider }: FixExtras): string {
  const altitude = altitudeM === null ? '' : Math.round(altitudeM * 10);
  const battery = batteryPct === null ? '' : Math.round(batteryPct);
  return `${altitude},${battery},${isMock === null ? '' : Number(isMock)},${provider ?? ''}`;
}

export function extrasFrom(text: string): FixExtras {
  const [altitude, battery, mock, provider] = text.split(',') as [string, string, string, string];
  return {
    altitudeM: altitude === '' ? null : Number(altitude) / 10,
    batteryPct: battery === '' ? null : Number(battery),
    isMock: mock === '' ? null : mock === '1',
    provider: provider || null,
  };
}

type Held = NonNullable<LastFix['held']>;

export function heldTextOf({ t, lat, lng, since, fixes, path }: Held): string {
  const [y, x] = [steps(lat), steps(lng)];
  const fixTexts = path.map((fix) => {
    const values = [fix.accuracyM, fix.heading, fix.speedMps].map((value) => value ?? '');
    return `;${[t - fix.t, steps(fix.lat) - y, steps(fix.lng) - x, ...values].join()}`;
  });
  return `${t},${y},${x},${t - since},${fixes}${fixTexts.join('')}`;
}

export function heldFrom(text: string): Held {
  const [jump, ...fixTexts] = text.split(';') as [string, ...string[]];
  const [t, y, x, sinceMs = 0, fixes = 1] = numbers(jump) as [number, number, number, number?, number?];
  const path = fixTexts.map((fixText) => {
    const [backMs, dy, dx, ...others] = fixText.split(',') as [string, string, string, ...string[]];
    const [accuracyM, heading, speedMps] = others.map((value) => (value === '' ? null : Number(value)));
    const [lat, lng] = [degrees(y + Number(dy)), degrees(x + Number(dx))];
    return { t: t - Number(backMs), lat, lng, accuracyM, heading, speedMps };
  });
  return { t, lat: degrees(y), lng: degrees(x), since: t - sinceMs, fixes, path };
}

export const numbers = (list: string): number[] => (list === '' ? [] : list.split(',').map(Number));
export const steps = (degrees: number): number => Math.round(degrees * 1e7);
export const degrees = (steps: number): number => steps / 1e7;
