import { HexfleetError, type ImportedZones, type ZoneKind, type ZonesApi } from '#sdk';
import { errorText } from '../../error-texts.js';
import { faultText } from './change-texts.js';
import { TEXTS } from './texts.js';

/** Result of an import for the dispatcher: what was imported and corrected, or the reasons why nothing was. */
export type ImportReport = { file: string } & (
  | { imported: ImportedZones; reasons?: never }
  | { reasons: string[]; imported?: never }
);

/** Imports the zones of a GeoJSON file into the draft of a region. @param kind of features that name none */
export async function importFile(
  api: ZonesApi,
  region: string,
  file: File,
  kind: ZoneKind,
): Promise<ImportReport> {
  let geoJson: object;
  try {
    geoJson = JSON.parse(await file.text());
  } catch {
    return { file: file.name, reasons: [TEXTS.notJson] };
  }
  try {
    return { file: file.name, imported: await api.import(region, geoJson, { kind }) };
  } catch (error) {
    return { file: file.name, reasons: reasonsIn(error) };
  }
}

/** Returns the message of an error for the dispatcher. */
export const messageOf = (error: unknown): string =>
  error instanceof HexfleetError ? errorText(error) : TEXTS.failed;

/** Returns the reasons why an import was refused, which the service lists in brackets; otherwise the message of the error. */
function reasonsIn(error: unknown): string[] {
  const isListed = error instanceof HexfleetError && error.code === 'BAD_GEOJSON';
  const [, listed] = (isListed && /\((.*)\)$/s.exec(error.message)) || [];
  if (listed === undefined) return [messageOf(error)];
  return listed.split(/; (?=feature \d+ |and \d+ more$)/).map(reasonText);
}

/** Returns a reason in the language of the page, with features counted from 1. */
function reasonText(reason: string): string {
  const [, more] = /^and (\d+) more$/.exec(reason) ?? [];
  if (more !== undefined) return TEXTS.moreFaults(Number(more));
  const [, index, name = '', fault] = /^feature (\d+)(?: “(.*?)”)? (.*)$/s.exec(reason) ?? [];
  if (fault !== undefined) return TEXTS.faultOfFeature(Number(index) + 1, name, faultText(fault));
  const text = faultText(reason);
  return `${text[0]!.toUpperCase()}${text.slice(1)}`;
}
