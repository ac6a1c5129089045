import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { Config } from '#config';

const MAPBOX = ['https://api.mapbox.com', 'https://events.mapbox.com', 'https://*.tiles.mapbox.com'];

/** Hosts from which the pages load maps: those of the configured styles, and those that they refer to. */
function mapHostsOf({ mapStyle, mapboxToken, mapHosts }: MapConfig): string[] {
  const styles = mapStyle === 'offline' ? [] : mapStyle.split(',').map((url) => new URL(url).origin);
  return [...new Set([...styles, ...mapHosts, ...(mapboxToken === undefined ? [] : MAPBOX)])];
}

type MapConfig = Pick<Config, 'mapStyle' | 'mapboxToken' | 'mapHosts'>;

/**
 * Express middleware: headers that restrict what browsers do with every answer. Pages run only the scripts of this service,
 * talk only to it and to the hosts of their maps, and only pages of the same origin may show them in frames.
 */
export function securityHeaders(config: MapConfig): RequestHandler {
  const maps = mapHostsOf(config);
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // Libraries of the pages add style elements, whose texts no hash can list.
        styleSrc: ["'self'", "'unsafe-inline'"],
        // Photos of drivers may be on any host.
        imgSrc: ["'self'", 'data:', 'blob:', 'https:', ...maps],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'", 'data:', 'blob:', ...maps],
        // MapLibre and Mapbox start their workers from a file or a blob.
        workerSrc: ["'self'", 'blob:'],
        manifestSrc: ["'self'"],
        mediaSrc: ["'self'", 'data:', 'blob:'],
        frameSrc: ["'self'"],
        frameAncestors: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
      },
    },
    // Whether there is TLS, and for which hosts, is the matter of the proxy in front.
    strictTransportSecurity: false,
    // Pages of other origins use the service by CORS, which this does not concern; a window that opens a page keeps it.
    crossOriginOpenerPolicy: false,
  });
}
