import type { PublishedVersion, QueueState, VersionInfo, ZoneKind, ZonesComparison } from '#protocol';
import type { FeatureCorrection, ZoneCollection } from '#zones/draft';
import type { RestClient } from '../api/rest-client.js';
import type { Abortable } from '../util/event-promise.js';

/** Publication of the draft, or of an earlier version again. */
export type Publication = {
  /** why, for the list of versions; at most 500 characters */
  comment: string;
  /** version with which it was compared; 0 if there was none */
  replaces: number;
  /** whether a version without zones is intended */
  allowEmpty?: boolean;
} & (
  | {
      /** number of the newest update of the draft that was compared */
      number: number;
    }
  | {
      /** earlier version to publish again */
      restores: number;
    }
);

/** Zones that were imported. */
export type ImportedZones = {
  /** ids of the zones that were added or replaced */
  zones: string[];
  /** corrections, by feature */
  corrections: FeatureCorrection[];
};

/** Zones over REST. A region is an H3 cell of resolution 3. Reading what is published is for everybody, the rest for dispatch. */
export class ZonesApi {
  readonly #api: Pick<RestClient, 'send'>;

  /** Creates a client that acts as the user of another one. */
  constructor(api: Pick<RestClient, 'send'>) {
    this.#api = api;
  }

  /** Returns the newest published version of each region, without zones. */
  async regions(options: Abortable = {}): Promise<VersionInfo[]> {
    return (await this.#api.send<{ regions: VersionInfo[] }>('GET', '/api/zones', undefined, options))
      .regions;
  }

  /** Returns the zones of a region that are in force. @throws {HexfleetError} NO_SUCH_VERSION if none were published */
  inForce(region: string, options: Abortable = {}): Promise<PublishedVersion> {
    return this.#api.send('GET', pathOf(region), undefined, options);
  }

  /** Returns the drivers who wait in a queue zone, first first. @throws {HexfleetError} NO_SUCH_QUEUE */
  queue(region: string, zoneId: string, options: Abortable = {}): Promise<QueueState> {
    return this.#api.send('GET', pathOf(region, `/queues/${encodeURIComponent(zoneId)}`), undefined, options);
  }

  /** Returns the draft of a region as GeoJSON (RFC 7946). */
  export(region: string, options: Abortable = {}): Promise<ZoneCollection> {
    return this.#api.send('GET', pathOf(region, '/draft'), undefined, options);
  }

  /**
   * Adds zones from GeoJSON to the draft: all of them, or none.
   * @param kind kind of features that name none
   * @throws {HexfleetError} BAD_GEOJSON with the features and reasons, TOO_MANY_ZONES, DRAFT_FULL, ZONE_LOCKED
   */
  import(
    region: string,
    geoJson: object,
    { kind, ...options }: Abortable & { kind?: ZoneKind } = {},
  ): Promise<ImportedZones> {
    const path = pathOf(region, `/draft${kind === undefined ? '' : `?kind=${kind}`}`);
    return this.#api.send('POST', path, geoJson, options);
  }

  /** Unlocks a zone of the draft that anybody has locked; recorded in the audit log. @throws {HexfleetError} NO_SUCH_ZONE */
  async unlock(region: string, zoneId: string, options: Abortable = {}): Promise<void> {
    const path = pathOf(region, `/draft/locks/${encodeURIComponent(zoneId)}`);
    await this.#api.send('DELETE', path, undefined, options);
  }

  /**
   * Returns what publishing the draft, or an earlier version, would change, and what keeps it from being published.
   * @throws {HexfleetError} NO_SUCH_VERSION
   */
  compare(
    region: string,
    { version, ...options }: Abortable & { version?: number } = {},
  ): Promise<ZonesComparison> {
    const query = version === undefined ? '' : `?version=${version}`;
    return this.#api.send('GET', pathOf(region, `/comparison${query}`), undefined, options);
  }

  /** Returns the published versions of a region, newest first, 200 at most. */
  async versions(region: string, options: Abortable = {}): Promise<VersionInfo[]> {
    const path = pathOf(region, '/versions');
    return (await this.#api.send<{ versions: VersionInfo[] }>('GET', path, undefined, options)).versions;
  }

  /** Returns the zones of a version as GeoJSON. @throws {HexfleetError} NO_SUCH_VERSION */
  version(region: string, version: number, options: Abortable = {}): Promise<ZoneCollection> {
    return this.#api.send('GET', pathOf(region, `/versions/${version}`), undefined, options);
  }

  /**
   * Publishes the draft, or an earlier version again.
   * @throws {HexfleetError} ZONES_INVALID with the zones and reasons, NO_ZONES, ZONES_CHANGED, NO_SUCH_VERSION
   */
  publish(region: string, publication: Publication, options: Abortable = {}): Promise<VersionInfo> {
    return this.#api.send('POST', pathOf(region, '/versions'), publication, options);
  }
}

const pathOf = (region: string, rest = ''): string => `/api/zones/${encodeURIComponent(region)}${rest}`;
