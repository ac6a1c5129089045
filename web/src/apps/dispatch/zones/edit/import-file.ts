import { HexfleetError, type ImportedZones, type ZoneKind, type ZonesApi } from '#sdk';
import { errorText } from '../../error-texts.js';
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

/** Returns the reasons why an import was refused, which the service lists in brackets; else the error's own. */
function reasonsIn(error: unknown): string[] {
  const listed =
    error instanceof HexfleetError ? /\((.*)\)$/s.exec(error.message)?.[1]?.split('; ') : undefined;
  return (listed ?? [messageOf(error)]).map((reason) => `${reason[0]!.toUpperCase()}${reason.slice(1)}`);
}
